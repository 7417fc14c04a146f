/** A small realistic source a language, with what an outline must say about it. */

const TYPESCRIPT = `import { a } from "a";
export * from "b";
const fs = require("node:fs");

/** A till. */
@Injectable()
export abstract class Till<T> extends Base {
  readonly limit = 3;
  // Called often.
  @Log()
  async add(
    amount: number,
  ): Promise<void> {
    return Promise.all([1].map((one) => one));
  }
  onClose = () => {
    this.limit;
  };
  abstract open(): void;
}

export const MAX = 3; // not a lead
export const run = async (name: string) => {
  const local = 1;
};
interface Shape {
  area(): number;
}
type Id = string;
enum Colour {
  Red,
}
namespace Inner {
  export function deep() {}
}
const handlers = {
  save() {},
  load: function () {},
};
app.get("/users/:id", guard, async (request) => {
  await request.user;
});
exports.late = function () {};
function over(a: string): void;
function over(a: unknown) {}
`;

const TYPESCRIPT_SCOPES = [
  "class Till 5>7-7-20",
  "constant limit 8>8-8-8",
  "function add 9>11-13-15",
  "function onClose 16>16-16-18",
  "function open 19>19-19-19",
  "constant MAX 22>22-22-22",
  "function run 23>23-23-25",
  "type Shape 26>26-26-28",
  "type Id 29>29-29-29",
  "type Colour 30>30-30-32",
  "module Inner 33>33-33-35",
  "function deep 34>34-34-34",
  "constant handlers 36>36-39-39",
  "function save 37>37-37-37",
  "function load 38>38-38-38",
  "function /users/:id 40>40-40-42",
  "function late 43>43-43-43",
  "function over 44>44-44-44",
  "function over 45>45-45-45",
];

export interface Sample {
  readonly path: string;
  readonly language: string;
  readonly text: string;
  readonly scopes: readonly string[];
  readonly imports: readonly (readonly [number, number])[];
}

export const SAMPLES: readonly Sample[] = [
  {
    path: "src/till.ts",
    language: "typescript",
    text: TYPESCRIPT,
    scopes: TYPESCRIPT_SCOPES,
    imports: [
      [1, 1],
      [2, 2],
      [3, 3],
    ],
  },
  {
    path: "src/view.tsx",
    language: "tsx",
    text: 'import React from "react";\nexport const View = ({ a }: Props) => {\n  return <p onClick={() => a()}>{a}</p>;\n};\n',
    scopes: ["function View 2>2-2-4"],
    imports: [[1, 1]],
  },
  {
    path: "lib/old.jsx",
    language: "javascript",
    text: `const a = require("a");
class Old {
  static cache = new Map();
  handle = () => {};
  get size() {
    return 1;
  }
}
function* numbers() {}
describe("old", () => {
  it("adds", () => {});
});
Old.prototype.late = function () {};
`,
    scopes: [
      "class Old 2>2-2-8",
      "constant cache 3>3-3-3",
      "function handle 4>4-4-4",
      "function size 5>5-5-7",
      "function numbers 9>9-9-9",
      "function old 10>10-10-12",
      "function adds 11>11-11-11",
      "function late 13>13-13-13",
    ],
    imports: [[1, 1]],
  },
  {
    path: "app/models.py",
    language: "python",
    text: `from __future__ import annotations
import os
from a import (
    b,
)

LIMIT = 3


# About it.
@dataclass
@final
class Order(Base):
    """Doc."""

    table = "orders"

    @property
    async def total(
        self,
        tax: int,
    ) -> int:
        def inner():
            pass
        return 1


double = lambda x: x * 2
`,
    scopes: [
      "constant LIMIT 7>7-7-7",
      "class Order 10>13-13-25",
      "constant table 16>16-16-16",
      "function total 18>19-22-25",
      "function inner 23>23-23-24",
      "function double 28>28-28-28",
    ],
    imports: [
      [1, 1],
      [2, 2],
      [3, 5],
    ],
  },
  {
    path: "cmd/main.go",
    language: "go",
    text: `package main

import (
	"fmt"
)

// Limit of all.
const Limit = 3

var (
	first = 1
)

// Store keeps.
type Store struct {
	a int
}

type Reader interface {
	Read() error
}

// Read reads.
// It may fail.
func (s *Store) Read(
	n int,
) error {
	done := func() {
		return
	}
	return nil
}

func Map[T any](a []T) {}
`,
    scopes: [
      "constant Limit 7>8-8-8",
      "constant first 11>11-11-11",
      "class Store 14>15-15-17",
      "type Reader 19>19-21-21",
      "function Read 23>25-27-32",
      "function done 28>28-28-30",
      "function Map 34>34-34-34",
    ],
    imports: [[3, 5]],
  },
  {
    path: "src/Till.java",
    language: "java",
    text: `package x;
import java.util.List;

/** A till. */
@Component
@Scope("x")
public class Till {
  private static final int LIMIT = 1;

  public Till() {}

  /**
   * Adds.
   */
  @Override
  public int add(int a) {
    return a;
  }

  @Override public int one() { return 1; }

  record Point(int x) {
    Point {}
  }
  enum Colour { RED }
  interface Shape {
    int area();
  }
}
`,
    scopes: [
      "class Till 4>7-7-29",
      "constant LIMIT 8>8-8-8",
      "function Till 10>10-10-10",
      "function add 12>16-16-18",
      "function one 20>20-20-20",
      "class Point 22>22-22-24",
      "function Point 23>23-23-23",
      "class Colour 25>25-25-25",
      "type Shape 26>26-26-28",
      "function area 27>27-27-27",
    ],
    imports: [[2, 2]],
  },
  {
    path: "src/lib.rs",
    language: "rust",
    text: `use std::fmt;

/// A till.
/// For money.
#[derive(Debug)]
pub struct Till {
    a: i32,
}

impl<T> Shape for Till<T> {
    const SIDES: u8 = 1;
    #[inline]
    fn area(&self) -> f64
    where
        T: Copy,
    {
        let double = |x| x * 2;
        1.0
    }
}

pub trait Shape {
    fn area(&self) -> f64;
}
enum Colour {
    Red,
}
static LIMIT: u8 = 1;
mod tests {
    fn one() {}
}
`,
    scopes: [
      "class Till 3>6-6-8",
      "class Till 10>10-10-20",
      "constant SIDES 11>11-11-11",
      "function area 12>13-16-19",
      "function double 17>17-17-17",
      "type Shape 22>22-22-24",
      "function area 23>23-23-23",
      "type Colour 25>25-25-27",
      "constant LIMIT 28>28-28-28",
      "module tests 29>29-29-31",
      "function one 30>30-30-30",
    ],
    imports: [[1, 1]],
  },
  {
    path: "src/Till.cs",
    language: "c-sharp",
    text: `using System;

namespace Shop
{
    /// <summary>A till.</summary>
    [Serializable]
    public class Till : Base
    {
        private const int Limit = 1;

        public Till() { }

        [Test]
        public async Task Add<T>(int a)
            where T : Base
        {
            void Local() { }
        }
        public int Size { get { return 1; } }
    }
    interface IShape { int Area(); }
    record Point(int X);
    enum Colour { Red }
    struct Pair { }
}
`,
    scopes: [
      "module Shop 3>3-4-25",
      "class Till 5>7-8-20",
      "constant Limit 9>9-9-9",
      "function Till 11>11-11-11",
      "function Add 13>14-16-18",
      "function Local 17>17-17-17",
      "function Size 19>19-19-19",
      "type IShape 21>21-21-21",
      "function Area 21>21-21-21",
      "class Point 22>22-22-22",
      "type Colour 23>23-23-23",
      "class Pair 24>24-24-24",
    ],
    imports: [[1, 1]],
  },
  {
    path: "src/till.cpp",
    language: "cpp",
    text: `#include <vector>
using namespace std;

#define LIMIT 3

namespace shop {
// A till.
template <class T>
class Till : public Base {
 public:
  Till() : a(1) {}
  ~Till() {}
  int size() const { return 1; }
  static const int kMax = 1;
};

int Till::add(int a) {
  return a;
}
static int* find(void) { return 0; }
const int kLimit = 3;
enum class Colour : int { Red };
using Id = int;
}
typedef struct { int a; } Pair;
`,
    scopes: [
      "constant LIMIT 4>4-4-4",
      "module shop 6>6-6-24",
      "class Till 7>9-9-15",
      "function Till 11>11-11-11",
      "function ~Till 12>12-12-12",
      "function size 13>13-13-13",
      "constant kMax 14>14-14-14",
      "function add 17>17-17-19",
      "function find 20>20-20-20",
      "constant kLimit 21>21-21-21",
      "type Colour 22>22-22-22",
      "type Id 23>23-23-23",
      "type Pair 25>25-25-25",
    ],
    imports: [
      [1, 1],
      [2, 2],
    ],
  },
  {
    path: "kernel/list.c",
    language: "cpp",
    text: '#include "a.h"\n\n/* Adds. */\nstatic int add(struct node *a,\n               int b)\n{\n\treturn b;\n}\nstruct node {\n\tint a;\n};\n',
    scopes: ["function add 3>4-6-8", "class node 9>9-9-11"],
    imports: [[1, 1]],
  },
  {
    path: "src/Till.php",
    language: "php",
    text: `<?php
namespace Shop;
use Shop\\Base;
require_once 'a.php';

/** A till. */
#[Attr]
class Till extends Base
{
    const LIMIT = 1;
    private $a = 1;

    #[Test]
    public function add(int $a): int
    {
        return $a;
    }
}
interface Shape { function area(); }
trait Loud { function shout() {} }
enum Colour { case Red; }
function helper() {}
$later = function () {};
`,
    scopes: [
      "class Till 6>8-9-18",
      "constant LIMIT 10>10-10-10",
      "constant a 11>11-11-11",
      "function add 13>14-15-17",
      "type Shape 19>19-19-19",
      "function area 19>19-19-19",
      "class Loud 20>20-20-20",
      "function shout 20>20-20-20",
      "class Colour 21>21-21-21",
      "function helper 22>22-22-22",
      "function later 23>23-23-23",
    ],
    imports: [
      [3, 3],
      [4, 4],
    ],
  },
  {
    path: "app/till.rb",
    language: "ruby",
    text: `require "a"
require_relative "b"

LIMIT = 1

module Shop
  # A till.
  class Till < Base
    # Adds.
    def add(
      a,
      b
    )
      a + b
    end

    def self.open = 1
    private def hidden
    end
  end
end

it "adds" do
  1
end
`,
    scopes: [
      "constant LIMIT 4>4-4-4",
      "module Shop 6>6-6-21",
      "class Till 7>8-8-20",
      "function add 9>10-13-15",
      "function open 17>17-17-17",
      "function hidden 18>18-18-19",
      "function adds 23>23-23-25",
    ],
    imports: [
      [1, 1],
      [2, 2],
    ],
  },
  {
    path: "scripts/build.sh",
    language: "bash",
    text: `#!/bin/bash
source ./common.sh
. ./other.sh

readonly LIMIT=3
NAME=a

# Builds.
build() {
  local x=1
  echo "$x"
}
function clean {
  rm -rf out
}
`,
    scopes: [
      "constant LIMIT 5>5-5-5",
      "constant NAME 6>6-6-6",
      "function build 8>9-9-12",
      "function clean 13>13-13-15",
    ],
    imports: [
      [2, 2],
      [3, 3],
    ],
  },
  {
    path: "tools/Deploy.ps1",
    language: "powershell",
    text: `Import-Module Az

# Deploys.
function Invoke-Deploy {
  param(
    [string]$Name
  )
  Write-Output $Name
}
class Till {
  [int] Add([int]$a) {
    return $a
  }
}
enum Colour {
  Red
}
`,
    scopes: [
      "function Invoke-Deploy 3>4-4-9",
      "class Till 10>10-10-14",
      "function Add 11>11-11-13",
      "type Colour 15>15-17-17",
    ],
    imports: [[1, 1]],
  },
  { path: "site/a.css", language: "css", text: ".a {\n  color: red;\n}\n", scopes: [], imports: [] },
];

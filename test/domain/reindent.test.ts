import { expect, test } from "vitest";
import { reindent } from "../../src/domain/reindent.ts";

const TWO = ["a {", "  b {", "    c", "  }", "}"];
const FOUR = ["a:", "    b:", "        c"];
const TABS = ["a {", "\tb {", "\t\tc", "\t}", "}"];

interface Case {
  readonly name: string;
  readonly block: readonly string[];
  readonly replaced: readonly string[];
  readonly file: readonly string[];
  readonly wanted: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: "right already",
    block: ["    x", "    y"],
    replaced: ["    c"],
    file: TWO,
    wanted: ["    x", "    y"],
  },
  {
    name: "all of it lost",
    block: ["if x {", "  y", "}"],
    replaced: ["    c"],
    file: TWO,
    wanted: ["    if x {", "      y", "    }"],
  },
  {
    name: "too deep",
    block: ["        x", "          y"],
    replaced: ["  b {"],
    file: TWO,
    wanted: ["  x", "    y"],
  },
  {
    name: "lost at the first line only",
    block: ["if x {", "      y", "    }"],
    replaced: ["    c"],
    file: TWO,
    wanted: ["    if x {", "      y", "    }"],
  },
  {
    name: "lost at the first of equal lines only",
    block: ["x", "    y"],
    replaced: ["    c"],
    file: FOUR,
    wanted: ["    x", "    y"],
  },
  {
    name: "Python without its indentation",
    block: ["if x:", "    y"],
    replaced: ["    c"],
    file: FOUR,
    wanted: ["    if x:", "        y"],
  },
  {
    name: "Python with its first line trimmed",
    block: ["if x:", "        y"],
    replaced: ["    c"],
    file: FOUR,
    wanted: ["    if x:", "        y"],
  },
  {
    name: "a line further out than the first",
    block: ["    x", "  }"],
    replaced: ["      c"],
    file: TWO,
    wanted: ["      x", "    }"],
  },
  {
    name: "further out than there is room",
    block: ["    x", "}"],
    replaced: ["  b"],
    file: TWO,
    wanted: ["  x", "}"],
  },
  {
    name: "spaces for tabs",
    block: ["    x {", "      y", "    }"],
    replaced: ["\t\tc"],
    file: TABS,
    wanted: ["\t\tx {", "\t\t\ty", "\t\t}"],
  },
  {
    name: "tabs for spaces",
    block: ["\tx {", "\t\ty", "\t}"],
    replaced: ["  b"],
    file: TWO,
    wanted: ["  x {", "    y", "  }"],
  },
  {
    name: "tabs lost",
    block: ["x {", "\ty", "}"],
    replaced: ["\t\tc"],
    file: TABS,
    wanted: ["\t\tx {", "\t\t\ty", "\t\t}"],
  },
  {
    name: "blank lines between",
    block: ["x", "", "  y"],
    replaced: ["", "    c"],
    file: TWO,
    wanted: ["    x", "", "      y"],
  },
  { name: "nothing but blank lines replaced", block: ["x"], replaced: ["", "  "], file: TWO, wanted: ["x"] },
  {
    name: "a comment's star",
    block: ["/**", " * x", " */"],
    replaced: ["\tb"],
    file: TABS,
    wanted: ["\t/**", "\t * x", "\t */"],
  },
];

test.each(CASES)("$name", ({ block, replaced, file, wanted }) => {
  expect(reindent(block, replaced, file)).toEqual(wanted);
});

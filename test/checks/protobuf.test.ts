import { expect, it } from "vitest";
import { PROTOBUF_RULES, protobufCheck } from "../../src/checks/protobuf.ts";
import { aChange, patientThread, runCheck, told } from "./schema-change.ts";

const check = protobufCheck(patientThread);

const BASE = `syntax = "proto3";
package shop.v1;
// A message { with = 1; in a comment }
message Order {
  reserved 9;
  string id = 1;
  int32 amount = 2 [deprecated = true];
  oneof payer {
    string card = 3;
  }
  map<string, int32> items = 4;
  message Line {
    string text = 1;
  }
  repeated Line lines = 5;
}
enum Status {
  UNKNOWN = 0;
  PAID = 1;
}
message Empty {}
service Shop {
  rpc Get(Order) returns (Order);
  rpc List (Empty) returns (stream Order) {}
}
`;

const CHANGES: readonly (readonly [string, string, string, readonly string[]])[] = [
  ["a number gets another meaning", "int32 amount = 2", "string note = 2", ["protobuf-number-reused @7"]],
  ["a reserved number is used", "  reserved 9;\n", "  string new = 9;\n", ["protobuf-number-reused @5"]],
  ["a number is changed", "string id = 1", "string id = 6", ["protobuf-number-changed @6"]],
  ["a type is changed", "string card = 3", "int64 card = 3", ["protobuf-type-changed @9"]],
  ["a map has other values", "map<string, int32>", "map<string, string>", ["protobuf-type-changed @11"]],
  ["a type is as good on the wire", "int32 amount = 2", "int64 amount = 2", []],
  ["a type is written with its package", "repeated Line lines", "repeated shop.v1.Order.Line lines", []],
  ["a field becomes repeated", "string id = 1", "repeated string id = 1", ["protobuf-label-changed @6"]],
  ["a field is renamed", "int32 amount = 2", "int32 total = 2", ["protobuf-field-renamed @7"]],
  ["a field is removed", "    string text = 1;\n", "", ["protobuf-removed-without-reserved @L13"]],
  ["a field is removed and reserved", "    string text = 1;\n", "    reserved 1;\n", []],
  ["a field is added", "  string id = 1;\n", "  string id = 1;\n  string note = 7;\n", []],
  [
    "a message is removed",
    "  message Line {\n    string text = 1;\n  }\n",
    "",
    ["protobuf-message-removed @L12"],
  ],
  ["an enum value is removed", "  PAID = 1;\n", "", ["protobuf-enum-value-removed @L19"]],
  ["an enum value is removed and reserved", "  PAID = 1;\n", "  reserved 1;\n", []],
  ["an enum value is renamed", "  PAID = 1;\n", "  SETTLED = 1;\n", ["protobuf-enum-value-renamed @L19"]],
  ["an enum value is renumbered", "  PAID = 1;\n", "  PAID = 2;\n", ["protobuf-enum-value-renumbered @19"]],
  ["an enum value is added", "  PAID = 1;\n", "  PAID = 1;\n  SENT = 2;\n", []],
  ["a method is removed", "  rpc Get(Order) returns (Order);\n", "", ["protobuf-rpc-removed @L23"]],
  ["a method streams no more", "returns (stream Order)", "returns (Order)", ["protobuf-rpc-changed @24"]],
  ["a method takes something else", "rpc Get(Order)", "rpc Get(Empty)", ["protobuf-rpc-changed @23"]],
  ["a method is added", "  rpc Get(", "  rpc Put(Order) returns (Empty);\n  rpc Get(", []],
  ["the package is changed", "shop.v1;", "shop.v2;", ["protobuf-package-changed @2"]],
];

it.each(CHANGES)("%s", async (_, from, to, expected) => {
  const head = BASE.replace(from, to);
  const report = await runCheck(check, { files: [aChange("shop.proto", BASE, head)] });

  expect(head).not.toBe(BASE);
  expect(report.skips).toEqual([]);
  expect(told(report)).toEqual(expected);
});

it("says what it cannot read", async () => {
  const report = await runCheck(check, { files: [aChange("shop.proto", BASE, `${BASE}message {`)] });

  expect(report.skips).toEqual([
    {
      check: "protobuf",
      path: "shop.proto",
      reason: expect.stringContaining("not readable as Protocol Buffers"),
    },
  ]);
});

it("has a test for each rule", () => {
  const tested = new Set(CHANGES.flatMap(([, , , rules]) => rules.map((rule) => rule.split(" ")[0])));

  expect(new Set(tested)).toEqual(new Set(Object.keys(PROTOBUF_RULES)));
});

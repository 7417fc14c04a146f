import { expect, it } from "vitest";
import { GRAPHQL_RULES, graphQlCheck } from "../../src/checks/graphql-schema.ts";
import { aChange, patientThread, runCheck, told } from "./schema-change.ts";

const check = graphQlCheck(patientThread);

const BASE = `type Query {
  user(id: ID!, full: Boolean = false): User
  users: [User!]!
}
type User {
  id: ID!
  name: String
  role: Role
}
enum Role {
  ADMIN
  USER
}
input NewUser {
  name: String!
  age: Int = 1
}
type Admin { id: ID! }
union Person = User | Admin
type Mutation { add(user: NewUser): User }
directive @auth(role: String) on FIELD_DEFINITION
`;

const CHANGES: readonly (readonly [string, string, string, readonly string[]])[] = [
  ["a field is removed", "  name: String\n", "", ["graphql-field-removed @L7"]],
  ["a field is added", "  name: String\n", "  name: String\n  mail: String\n", []],
  ["a field has another type", "name: String\n", "name: Int\n", ["graphql-field-type-changed @7"]],
  ["a field is never null any more", "name: String\n", "name: String!\n", []],
  ["a field may be null now", "  id: ID!\n", "  id: ID\n", ["graphql-field-type-changed @6"]],
  ["an argument is needed", "user(id: ID!,", "user(id: ID!, org: ID!,", ["graphql-argument-required @2"]],
  ["an argument may be given", "user(id: ID!,", "user(id: ID!, org: ID,", []],
  [
    "an argument is removed",
    "(id: ID!, full: Boolean = false)",
    "(id: ID!)",
    ["graphql-argument-removed @L2"],
  ],
  ["an argument has another type", "id: ID!, full", "id: Int!, full", ["graphql-argument-type-changed @2"]],
  [
    "an argument has another default",
    "full: Boolean = false",
    "full: Boolean = true",
    ["graphql-default-changed @2"],
  ],
  [
    "an input field is needed",
    "  age: Int = 1\n",
    "  age: Int = 1\n  mail: String!\n",
    ["graphql-input-field-required @17"],
  ],
  ["an input field is removed", "  age: Int = 1\n", "", ["graphql-input-field-removed @L16"]],
  [
    "an input field has another type",
    "  age: Int = 1",
    '  age: String = "1"',
    ["graphql-input-field-type-changed @16", "graphql-default-changed @16"],
  ],
  ["an enum value is removed", "  USER\n", "", ["graphql-enum-value-removed @L12"]],
  ["an enum value is added", "  USER\n", "  USER\n  GUEST\n", ["graphql-enum-value-added @13"]],
  ["a union loses a member", " | Admin", "", ["graphql-union-member-removed @L19"]],
  ["a union gains a member", "User | Admin", "User | Admin | Mutation", ["graphql-union-member-added @19"]],
  ["a type is removed", "type Mutation { add(user: NewUser): User }\n", "", ["graphql-type-removed @L20"]],
  [
    "a directive is removed",
    "directive @auth(role: String) on FIELD_DEFINITION\n",
    "",
    ["graphql-other-break @L21"],
  ],
  ["a type is added", "type Admin", "type Other { id: ID! }\ntype Admin", []],
  ["a description is added", "type User {", '"Somebody."\ntype User {', []],
];

it.each(CHANGES)("%s", async (_, from, to, expected) => {
  const head = BASE.replace(from, to);
  const report = await runCheck(check, { files: [aChange("schema.graphql", BASE, head)] });

  expect(head).not.toBe(BASE);
  expect(report.skips).toEqual([]);
  expect(told(report).toSorted()).toEqual(expected.toSorted());
});

it("compares a file that is a part of the schema", async () => {
  const part =
    "extend type Query {\n  orders(of: Customer): [Order] @auth\n}\ntype Order {\n  id: ID\n  total: Money\n}\n";
  const report = await runCheck(check, {
    files: [aChange("orders.graphqls", part, part.replace("  total: Money\n", ""))],
  });

  expect(report.skips).toEqual([]);
  expect(told(report)).toEqual(["graphql-field-removed @L6"]);
});

it("does not take operations or a new schema for a break", async () => {
  const report = await runCheck(check, {
    files: [aChange("a.graphql", "query A { a }\n", "query A { b }\n"), aChange("b.graphql", null, BASE)],
  });

  expect(report).toEqual({ findings: [], skips: [], erDiagram: null });
});

it("has a test for each rule", () => {
  const tested = new Set(CHANGES.flatMap(([, , , rules]) => rules.map((rule) => rule.split(" ")[0])));

  expect(new Set(tested)).toEqual(new Set(Object.keys(GRAPHQL_RULES)));
});

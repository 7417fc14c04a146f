import { describe, expect, it } from "vitest";
import { OPENAPI_RULES, openApiCheck } from "../../src/checks/openapi.ts";
import { aChange, patientThread, runCheck, told } from "./schema-change.ts";

const check = openApiCheck(patientThread);

async function compare(base: string, head: string, path = "openapi.yaml") {
  const report = await runCheck(check, { files: [aChange(path, base, head)] });
  expect(report.skips).toEqual([]);
  return told(report);
}

/** A document in which each line is one thing to change. */
const BASE = `openapi: 3.0.3
info: {title: Users, version: "1"}
security:
  - bearer: []
paths:
  /users:
    get:
      parameters:
        - {name: q, in: query, schema: {type: string}}
        - {name: sort, in: query, schema: {type: string, enum: [name, age]}}
      responses:
        "200":
          content:
            application/json:
              schema:
                type: array
                items: {$ref: "#/components/schemas/User"}
        "201": {description: also}
    post:
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [name]
              properties:
                name: {type: string}
                age: {type: integer}
      responses: {"204": {description: done}}
  /users/{id}:
    delete:
      responses: {"204": {description: done}}
  /old:
    get:
      deprecated: true
      responses: {"204": {description: done}}
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
  schemas:
    User:
      type: object
      required: [id, name]
      properties:
        id: {type: integer}
        name: {type: string}
        role:
          type: string
          enum:
            - admin
            - user
        manager: {$ref: "#/components/schemas/User"}
`;

/** [what changes, from, to, what is told] */
const CHANGES: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    "an operation is removed",
    '  /users/{id}:\n    delete:\n      responses: {"204": {description: done}}\n',
    "",
    ["openapi-operation-removed @L31"],
  ],
  [
    "a deprecated operation is removed",
    '  /old:\n    get:\n      deprecated: true\n      responses: {"204": {description: done}}\n',
    "",
    ["openapi-deprecated-operation-removed @L34"],
  ],
  ["a path parameter is renamed", "/users/{id}", "/users/{user_id}", []],
  [
    "a parameter is removed",
    "        - {name: q, in: query, schema: {type: string}}\n",
    "",
    ["openapi-parameter-removed @L9"],
  ],
  [
    "a parameter becomes required",
    "{name: q, in: query,",
    "{name: q, in: query, required: true,",
    ["openapi-parameter-required @9"],
  ],
  [
    "an optional parameter is added",
    '      responses:\n        "200"',
    '        - {name: page, in: query, schema: {type: integer}}\n      responses:\n        "200"',
    [],
  ],
  ["a parameter takes fewer values", "enum: [name, age]", "enum: [name]", ["openapi-enum-narrowed @L10"]],
  ["a parameter takes more values", "enum: [name, age]", "enum: [name, age, id]", []],
  [
    "a parameter gets an enum",
    "{name: q, in: query, schema: {type: string}}",
    "{name: q, in: query, schema: {type: string, enum: [a]}}",
    ["openapi-enum-narrowed @9"],
  ],
  [
    "a request takes integers only",
    "age: {type: integer}",
    "age: {type: string}",
    ["openapi-type-changed @28"],
  ],
  ["a request takes any number", "age: {type: integer}", "age: {type: number}", []],
  [
    "a request needs another field",
    "required: [name]",
    "required: [name, age]",
    ["openapi-request-field-required @25"],
  ],
  ["a request needs one less", "required: [name]", "required: []", []],
  [
    "a body becomes required",
    "      requestBody:\n",
    "      requestBody:\n        required: true\n",
    ["openapi-request-field-required @21"],
  ],
  ["a response is removed", '        "201": {description: also}\n', "", ["openapi-response-removed @L18"]],
  [
    "a response loses a property",
    "        name: {type: string}\n        role:",
    "        role:",
    ["openapi-response-property-removed @L46"],
  ],
  ["a response gains a property", "        role:", "        mail: {type: string}\n        role:", []],
  [
    "a property of a response becomes optional",
    "required: [id, name]",
    "required: [id]",
    ["openapi-response-property-optional @43"],
  ],
  ["a response has another type", "id: {type: integer}", "id: {type: string}", ["openapi-type-changed @45"]],
  ["a response gets a narrower type", "id: {type: integer}", "id: {type: integer, format: int64}", []],
  [
    "a response may hold a new value",
    "            - user\n",
    "            - user\n            - guest\n",
    ["openapi-response-enum-widened @52"],
  ],
  ["a response holds fewer values", "            - user\n", "", []],
  [
    "security is removed for all",
    "security:\n  - bearer: []\npaths",
    "paths",
    ["openapi-security-removed @L4"],
  ],
  [
    "security is optional for all",
    "  - bearer: []\npaths",
    "  - bearer: []\n  - {}\npaths",
    ["openapi-security-removed @5"],
  ],
  [
    "security is removed from one",
    "    delete:\n",
    "    delete:\n      security: []\n",
    ["openapi-security-removed @32"],
  ],
  ["security is written out for one", "    delete:\n", "    delete:\n      security: [{bearer: []}]\n", []],
];

describe("OpenAPI, base against head", () => {
  it.each(CHANGES)("%s", async (_, from, to, expected) => {
    const head = BASE.replace(from, to);

    expect(head).not.toBe(BASE);
    expect(await compare(BASE, head)).toEqual(expected);
  });

  it("names the client that breaks, and what it calls", async () => {
    const head = BASE.replace(/ {2}\/users\/\{id\}:\n.*\n.*\n/, "");
    const report = await runCheck(check, { files: [aChange("openapi.yaml", BASE, head)] });

    expect(report.findings[0]).toMatchObject({
      title: "Operation removed: DELETE /users/{id}",
      severity: "critical",
      side: "LEFT",
      evidence: "    delete:",
      why: expect.stringContaining("client built against the old description"),
    });
  });

  it("reads JSON and Swagger 2.0 just so", async () => {
    const document = (type: string) =>
      JSON.stringify(
        {
          swagger: "2.0",
          paths: {
            "/a": {
              post: {
                parameters: [
                  { in: "body", name: "b", schema: { properties: { x: { type } } } },
                  { in: "query", name: "q", type },
                ],
                responses: { 200: { schema: { type } } },
              },
            },
          },
        },
        null,
        1,
      );

    expect(await compare(document("string"), document("boolean"), "api/swagger.json")).toEqual([
      "openapi-type-changed @13",
      "openapi-type-changed @21",
      "openapi-type-changed @27",
    ]);
  });
});

describe("new operations", () => {
  const added = (operation: string, security = "  - bearer: []") =>
    BASE.replace("  - bearer: []", security).replace(
      "components:\n",
      `  /new:\n    get:\n${operation}components:\n`,
    );
  const list = "schema: {type: array, items: {type: string}}";
  const response = (schema: string) =>
    `      responses:\n        "200": {content: {application/json: {${schema}}}}\n        "404": {description: no}\n`;

  it.each([
    ["with everything", added(response("schema: {type: object}")), []],
    [
      "without error responses",
      added('      responses: {"204": {description: done}}\n'),
      ["openapi-new-endpoint-without-errors @38"],
    ],
    ["that is a list", added(response(list)), ["openapi-new-list-without-pagination @38"]],
    [
      "that is a list with a limit",
      added(`      parameters: [{name: limit, in: query}]\n${response(list)}`),
      [],
    ],
    [
      "that may be called without credentials",
      added(`      security: [{bearer: []}, {}]\n${response("schema: {}")}`),
      ["openapi-new-endpoint-without-auth @38"],
    ],
    ["that says it is public", added(`      security: []\n${response("schema: {}")}`), []],
  ])("%s", async (_, head, expected) => {
    expect(await compare(BASE, head)).toEqual(expected);
  });

  it("speaks once for all of them", async () => {
    const head = BASE.replace(
      "components:\n",
      '  /a: {get: {responses: {"204": {}}}}\n  /b: {get: {responses: {"204": {}}}}\ncomponents:\n',
    );
    const report = await runCheck(check, { files: [aChange("openapi.yaml", BASE, head)] });

    expect(report.findings.map((finding) => finding.title)).toEqual([
      "New operation without described errors: GET /a and 1 more",
    ]);
  });
});

it("leaves alone what is no such document", async () => {
  const report = await runCheck(check, { files: [aChange("api/values.yaml", "a: 1\n", "a: 2\n")] });

  expect(report).toEqual({ findings: [], skips: [], erDiagram: null });
});

it("says what it cannot compare", async () => {
  const broken = await runCheck(check, { files: [aChange("openapi.yaml", BASE, `${BASE}\n  - [`)] });
  const removed = await runCheck(check, { files: [aChange("openapi.yaml", BASE, null)] });

  expect(broken.skips).toEqual([
    {
      check: "openapi",
      path: "openapi.yaml",
      reason: expect.stringContaining("not readable as YAML or JSON"),
    },
  ]);
  expect(removed.skips).toEqual([
    { check: "openapi", path: "openapi.yaml", reason: expect.stringContaining("removed as a whole") },
  ]);
});

it("has a test for each rule", () => {
  const tested = new Set(CHANGES.flatMap(([, , , told]) => told.map((rule) => rule.split(" ")[0])));
  const elsewhere = Object.keys(OPENAPI_RULES).filter((rule) => rule.startsWith("openapi-new-"));

  expect(new Set([...tested, ...elsewhere])).toEqual(new Set(Object.keys(OPENAPI_RULES)));
});

// `plumbline review` with a model: every format, every exit code, every option that changes what is asked.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { branchedRepository, type TempRepository, tempFolder } from "../builders-git.ts";
import { type ModelDouble, nothingFound, startModelDouble } from "../model-double.ts";
import { plumbline, review } from "./command.ts";

let repository: TempRepository;
const folder = tempFolder("cli");

const CLAIM = {
  path: "src/price.ts",
  side: "RIGHT",
  start_line: 2,
  line: 2,
  evidence: "export const gross = (net: number) => net + vat;",
  severity: "suggestion",
  title: "Adds per cent to money",
  why: "A net price of 100 becomes 119 only by chance.",
  fix: "Multiply.",
  suggestion: "export const gross = (net: number) => net * (1 + vat / 100);",
  pre_existing: false,
};

const models: ModelDouble[] = [];
beforeAll(() => {
  repository = branchedRepository(
    { "src/price.ts": "export const vat = 19;\n", "docs/readme.md": "Prices\n" },
    {
      "src/price.ts": "export const vat = 19;\nexport const gross = (net: number) => net + vat;\n",
      "docs/readme.md": "Prices, gross and net\n",
    },
  );
});
afterAll(async () => {
  for (const model of models) {
    expect(model.violations).toEqual([]);
    await model.close();
  }
  repository.dispose();
  folder.remove();
});

async function aModel(...findings: readonly object[]): Promise<ModelDouble> {
  const model = await startModelDouble((asked) =>
    asked.question === "correctness" ? { kind: "json", value: { findings } } : nothingFound(asked),
  );
  models.push(model);
  return model;
}

function jsonOf(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}

describe.concurrent("the formats", () => {
  it("writes JSON by default where nobody looks, exactly as report.schema.json says", async () => {
    const model = await aModel(CLAIM);
    const schema = jsonOf(readFileSync(new URL("../../report.schema.json", import.meta.url), "utf8"));
    const validate = new Ajv2020({ strict: true }).compile(schema);

    const { code, stdout, stderr } = await review([], { in: repository, model });

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const report = jsonOf(stdout);
    expect(validate(report) ? [] : validate.errors).toEqual([]);
    expect(report).toMatchObject({
      version: 1,
      base: repository.git("rev-parse", "main").trim(),
      head: repository.git("rev-parse", "topic").trim(),
      model: "claude-sonnet-5-5",
      complete: true,
      findings: [
        {
          pass: "correctness",
          severity: "suggestion",
          path: "src/price.ts",
          line: 2,
          start_line: null,
          side: "RIGHT",
          placement: "inline",
          evidence: CLAIM.evidence,
        },
      ],
      action_items: ["Should fix: Adds per cent to money (src/price.ts:2)"],
      usage: { calls: 7, input_tokens: 700, output_tokens: 140, cost_usd: 0.0028 },
    });
  });

  it("writes SARIF 2.1.0 with a level, a place and a fingerprint for each finding", async () => {
    const model = await aModel({ ...CLAIM, severity: "critical" });

    const { code, stdout } = await review(["--format", "sarif"], { in: repository, model });

    expect(code).toBe(1);
    expect(jsonOf(stdout)).toMatchObject({
      version: "2.1.0",
      runs: [
        {
          tool: { driver: { name: "Plumbline" } },
          results: [
            {
              level: "error",
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: "src/price.ts" },
                    region: { startLine: 2 },
                  },
                },
              ],
              partialFingerprints: expect.any(Object),
            },
          ],
        },
      ],
    });
  });

  it("writes Markdown with the summary and each inline comment under its place", async () => {
    const model = await aModel(CLAIM);

    const { stdout } = await review(["--format", "markdown"], { in: repository, model });

    expect(stdout).toContain("#### `src/price.ts:2`");
    expect(stdout).toContain("🟡 **SUGGESTION** · correctness — Adds per cent to money");
    expect(stdout).toContain("### Coverage");
    expect(stdout).not.toContain("<!--");
  });

  it("writes for people, without a single colour code where there is no terminal", async () => {
    const model = await aModel(CLAIM);

    const { stdout, stderr } = await review(["--format", "pretty"], { in: repository, model });

    expect(stdout).toContain("🟡 SUGGESTION · correctness — Adds per cent to money");
    expect(stdout).toContain("src/price.ts:2");
    // oxlint-disable-next-line no-control-regex -- the very character is what is looked for
    expect(stdout + stderr).not.toMatch(/\u001B/);
  });

  it.each(["pretty", "markdown", "json", "sarif"])(
    "passes no escape sequence of the code or the model on to the terminal: %s",
    async (format) => {
      const line = 'const clear = "\u001B[2J\u009B31m";';
      const hostile = branchedRepository({ "a.ts": "" }, { "a.ts": `${line}\n` });
      const model = await aModel({
        ...CLAIM,
        path: "a.ts",
        start_line: 1,
        line: 1,
        evidence: line,
        title: "Clears \u001B]0;the title\u0007",
        why: "\u001B[31mred\u202E",
      });

      const { stdout, stderr } = await review(["--format", format], { in: hostile, model });
      hostile.dispose();

      expect(stdout).toContain("Clears");
      // oxlint-disable-next-line no-control-regex -- the very characters are what is looked for
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E]/);
    },
  );

  it("writes to a file instead, and nothing to standard output", async () => {
    const model = await aModel(CLAIM);
    const file = join(folder.path, "report.json");

    const { code, stdout } = await review(["--output", file], { in: repository, model });

    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(jsonOf(readFileSync(file, "utf8"))).toMatchObject({ version: 1 });
  });
});

describe.concurrent("the exit code", () => {
  it.each<[string, string, number]>([
    ["critical", "critical", 1],
    ["suggestion", "critical", 0],
    ["suggestion", "suggestion", 1],
    ["nit", "suggestion", 0],
    ["nit", "nit", 1],
    ["critical", "never", 0],
  ])("for a %s with --fail-on %s is %i", async (severity, floor, expected) => {
    const model = await aModel({ ...CLAIM, severity });

    const { code } = await review(["--fail-on", floor], { in: repository, model });

    expect(code).toBe(expected);
  });

  it("is 0 for a critical that was there before the change", async () => {
    const model = await aModel({ ...CLAIM, severity: "critical", pre_existing: true });

    expect((await review([], { in: repository, model })).code).toBe(0);
  });

  it("is 3 when one pass failed, even though others found something", async () => {
    const model = await startModelDouble((asked) =>
      asked.question === "security"
        ? { kind: "error", status: 400, type: "invalid_request_error" }
        : nothingFound(asked),
    );
    models.push(model);

    const { code, stdout, stderr } = await review([], { in: repository, model });

    expect(code).toBe(3);
    expect(jsonOf(stdout)).toMatchObject({
      complete: false,
      coverage: { files: [{ state: "partial", reason: expect.stringContaining("security failed") }, {}] },
    });
    expect(stderr).toContain("plumbline: the review is incomplete: see coverage");
  });

  it("is 3, with a report that says so, when the model service is down", async () => {
    const gone = await startModelDouble();
    await gone.close();

    const { code, stdout, stderr } = await review(["--passes", "security"], { in: repository, model: gone });

    expect(code).toBe(3);
    expect(jsonOf(stdout)).toMatchObject({ complete: false, findings: [] });
    expect(stderr).toContain("the model service could not be reached");
  });

  it("is 2 when the key is refused", async () => {
    const model = await aModel();

    const { code, stdout, stderr } = await review([], {
      in: repository,
      model,
      env: { ANTHROPIC_API_KEY: "sk-ant-wrong-and-secret" },
    });

    expect(code).toBe(2);
    expect(stderr).toContain("the model service refused the key (check ANTHROPIC_API_KEY)");
    expect(stdout + stderr).not.toContain("wrong-and-secret");
  });

  it("is 3 without a key, with what the built-in checks found", async () => {
    const { code, stdout, stderr } = await review([], { in: repository });

    expect(code).toBe(3);
    expect(jsonOf(stdout)).toMatchObject({
      complete: false,
      coverage: {
        files: [{}, { state: "partial", reason: "built-in checks only: no ANTHROPIC_API_KEY is set" }],
      },
      usage: { calls: 0 },
    });
    expect(stderr).toMatch(/^plumbline: only the built-in checks have run: set ANTHROPIC_API_KEY/);
  });

  it("of --show findings is 3 without a key, too", async () => {
    const { code, stdout } = await review(["--show", "findings"], { in: repository });

    expect(code).toBe(3);
    expect(jsonOf(stdout)).toMatchObject({ findings: [] });
  });

  it("is 0 without a key where nobody wants a model", async () => {
    const { code, stdout, stderr } = await review(["--no-model"], { in: repository });

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(jsonOf(stdout)).toMatchObject({ complete: true, usage: { calls: 0 } });
  });

  it.each(["/nonexistent/folder/report.json", "/"])(
    "is 2 when the output cannot be written to %s",
    async (file) => {
      const model = await aModel();

      const { code, stderr } = await review(["--output", file], { in: repository, model });

      expect(code).toBe(2);
      expect(stderr).toMatch(/^plumbline: --output cannot be written: /);
    },
  );
});

describe.concurrent("an option that changes what is asked", () => {
  it.each([
    ["with commas", ["--passes", "performance,security"]],
    ["one by one", ["--passes", "performance", "security"]],
  ])("--passes takes a list %s and keeps the order of the method", async (_what, args) => {
    const model = await aModel();

    const { code } = await review(args, { in: repository, model });

    expect(code).toBe(0);
    expect(model.asked.map((asked) => asked.question)).toEqual(["security", "performance", "summary"]);
  });

  it("--paths leaves the other files out and says so", async () => {
    const model = await aModel();

    const { stdout } = await review(["--paths", "src/**", "lib"], { in: repository, model });

    expect(model.asked.some((asked) => asked.text.includes("gross and net"))).toBe(false);
    expect(jsonOf(stdout)).toMatchObject({
      complete: true,
      coverage: {
        files: [
          { path: "docs/readme.md", state: "skipped", reason: "outside the paths asked for" },
          { path: "src/price.ts", state: "reviewed", reason: null },
        ],
      },
    });
  });

  it("--title, --description-file and --model are what the model is told and which one it is", async () => {
    const model = await aModel();
    const file = join(folder.path, "description.md");
    writeFileSync(file, "Because of the new law.\n");

    const { stdout } = await review(
      ["--title", "Gross prices", "--description-file", file, "--model", "claude-opus-5-5"],
      { in: repository, model },
    );

    expect(model.asked[0]?.text).toContain("Title: Gross prices");
    expect(model.asked[0]?.text).toContain("Because of the new law.");
    expect(model.asked[0]?.body.model).toBe("claude-opus-5-5");
    expect(jsonOf(stdout)).toMatchObject({ model: "claude-opus-5-5" });
  });

  it("PLUMBLINE_MODEL names the model, and the commits tell the title, without options", async () => {
    const model = await aModel();

    await review([], { in: repository, model, env: { PLUMBLINE_MODEL: "gateway-model" } });

    expect(model.asked[0]?.body.model).toBe("gateway-model");
    expect(model.asked[0]?.text).toContain("Title: The change");
  });

  it("--show findings prints every claim with what became of it, and calls the model for no summary", async () => {
    const model = await aModel(CLAIM, { ...CLAIM, evidence: "nowhere in the file", title: "Made up" });

    const { code, stdout } = await review(["--show", "findings"], { in: repository, model });

    expect(code).toBe(0);
    expect(model.asked.map((asked) => asked.question)).not.toContain("summary");
    expect(jsonOf(stdout)).toMatchObject({
      dropped: 1,
      findings: [{ title: "Adds per cent to money" }],
      trace: [
        { placement: { kind: "inline" } },
        { placement: { kind: "dropped", reason: "quote not found" } },
      ],
    });
  });

  it("--show review is what no --show is", async () => {
    const model = await aModel(CLAIM);

    const { stdout } = await review(["--show", "review"], { in: repository, model });

    expect(jsonOf(stdout)).toMatchObject({ version: 1, findings: [{ path: "src/price.ts" }] });
  });
});

describe.concurrent("wrong usage ends with 2, says what is right and asks no model", () => {
  it.each<[readonly string[], string]>([
    [["review", "--passes", "securty"], "the passes are security, correctness, architecture"],
    [["review", "--passes", ","], "name at least one of security"],
    [["review", "--format", "xml"], "Allowed choices are pretty, json, markdown, sarif"],
    [["review", "--fail-on", "everything"], "Allowed choices are critical, suggestion, nit, never"],
    [["review", "--show", "nothing"], "Allowed choices are plan, chunks, prompts, findings, review"],
    [["review", "--stagged"], "Did you mean --staged?"],
    [["review", "--base"], "argument missing"],
    [["review", "--staged", "--worktree"], "cannot be used with"],
    [["review", "--staged", "--base", "main"], "cannot be used with"],
    [["review", "--worktree", "--head", "main"], "cannot be used with"],
    [["review", "main"], "too many arguments"],
    [["reviev"], "Did you mean review?"],
    [["review", "--description-file", "/nonexistent/text"], "--description-file cannot be read"],
  ])("%j", async (args, hint) => {
    const { code, stdout, stderr } = await plumbline(args, { in: repository });

    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(hint);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it.each([["--help"], ["review", "--help"], ["--version"]])("while %s ends with 0", async (...args) => {
    const { code, stdout } = await plumbline(args.flat());

    expect(code).toBe(0);
    expect(stdout).not.toBe("");
  });
});

// The straight path: a pull request is opened, and one review with inline comments and a check run stands on it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nothingFound, verdictsOn } from "../model-double.ts";
import { aClaim, closeClean, finds, opened, startWholeApp, type WholeApp } from "./whole-app.ts";

let app: WholeApp;

beforeAll(async () => {
  app = await startWholeApp();
});
afterAll(() => closeClean(app));

const BASE = {
  "src/order.ts": [
    "export function total(lines: Line[]): number {",
    "  let sum = 0;",
    "  for (const line of lines) {",
    "    if (line.price < 0) throw new RangeError(line.id);",
    "    sum += line.price * line.count;",
    "  }",
    "  return sum;",
    "}",
    "",
  ].join("\n"),
};
const HEAD = {
  "src/order.ts": [
    "export function total(lines: Line[]): number {",
    "  let sum = 0;",
    "  for (const line of lines) {",
    "    sum += line.price * line.count;",
    "  }",
    "  return sum;",
    "}",
    "",
    "export function average(lines: Line[]): number {",
    "  const whole = total(lines);",
    "  return whole / lines.length;",
    "}",
    "",
  ].join("\n"),
};

describe.concurrent("a pull request is opened", () => {
  it("posts one review with a comment on a line, on a range and on a deleted line, and fails the check", async () => {
    const { pull } = app.openPull({ base: BASE, head: HEAD });
    finds(
      app,
      pull,
      "correctness",
      aClaim({
        path: "src/order.ts",
        line: 11,
        evidence: "  return whole / lines.length;",
        severity: "critical",
        title: "Division by zero for no lines",
      }),
      aClaim({
        path: "src/order.ts",
        start_line: 9,
        line: 10,
        evidence: "export function average(lines: Line[]): number {\n  const whole = total(lines);",
        title: "The average is not weighted",
      }),
      aClaim({
        path: "src/order.ts",
        side: "LEFT",
        line: 4,
        evidence: "    if (line.price < 0) throw new RangeError(line.id);",
        title: "Negative prices are no longer refused",
      }),
    );

    const check = await opened(app, pull);

    expect(pull.reviews).toHaveLength(1);
    const [review] = pull.reviews;
    expect(review).toMatchObject({ state: "COMMENTED", event: "COMMENT", commit_id: pull.headSha });
    expect(review?.body).toMatch(
      new RegExp(`<!-- plumbline:review run=[\\w-]+ head=${pull.headSha} .*mac=[0-9a-f]{32} -->$`),
    );
    expect(
      pull.reviewComments.map(({ path, side, line, start_line }) => ({ path, side, line, start_line })),
    ).toEqual([
      { path: "src/order.ts", side: "RIGHT", line: 11, start_line: null },
      { path: "src/order.ts", side: "LEFT", line: 4, start_line: null },
      { path: "src/order.ts", side: "RIGHT", line: 10, start_line: 9 },
    ]);
    expect(pull.reviewComments[0]?.body).toMatch(
      /^🔴 \*\*CRITICAL\*\* · correctness — Division by zero for no lines\n\nIt breaks when it is called\.\n\n\*\*Fix:\*\* Do not call it\.\n\n<!-- plumbline:finding [0-9a-f]{16} mac=[0-9a-f]{32} -->$/,
    );
    expect(check).toMatchObject({ name: "Plumbline", conclusion: "failure", head_sha: pull.headSha });
    expect(check.output.title).toBe("1 critical, 2 suggestions");
    expect(check.history.map((call) => call["status"])).toEqual(["in_progress", "completed"]);
  });

  it("concludes the check with success when every file was read in all passes and nothing is open", async () => {
    const { pull } = app.openPull();

    const check = await opened(app, pull);

    expect(check.conclusion).toBe("success");
    expect(check.output.title).toBe("No findings");
    expect(pull.reviews).toHaveLength(1);
    expect(pull.reviewComments).toEqual([]);
    expect(app.askedAbout(pull).map((asked) => asked.question)).toEqual([
      "security",
      "correctness",
      "architecture",
      "performance",
      "maintainability",
      "summary",
    ]);
  });

  it("concludes the check neutral, with the reason in its title, when a lock file was skipped", async () => {
    const { pull } = app.openPull({
      base: { "package-lock.json": "{}\n", "src/price.ts": "export const vat = 19;\n" },
      head: { "package-lock.json": '{"lockfileVersion":3}\n', "src/price.ts": "export const vat = 7;\n" },
    });

    const check = await opened(app, pull);

    expect(check.conclusion).toBe("neutral");
    expect(check.output.title).toBe("No findings; 1 of 2 files not reviewed (lock file)");
    expect(pull.reviews[0]?.body).toContain("`package-lock.json`: skipped, lock file");
  });

  it("puts a finding outside the diff into the body and drops one whose quote is not in the file", async () => {
    const middle = Array.from({ length: 20 }, (_, at) => `const filler${at} = ${at};`).join("\n");
    const { pull } = app.openPull({
      base: { "src/a.ts": `const old = secret();\n${middle}\nconst last = 1;\n` },
      head: { "src/a.ts": `const old = secret();\n${middle}\nconst last = 2;\n` },
    });
    finds(
      app,
      pull,
      "security",
      aClaim({ path: "src/a.ts", line: 1, evidence: "const old = secret();", title: "Reads it too early" }),
      aClaim({ path: "src/a.ts", line: 22, evidence: "this is nowhere in the file", title: "Made up" }),
      aClaim({ path: "src/none.ts", line: 1, evidence: "const last = 2;", title: "Wrong file" }),
    );

    await opened(app, pull);

    expect(pull.reviewComments).toEqual([]);
    expect(pull.reviews[0]?.body).toContain("Findings without a line in this diff");
    expect(pull.reviews[0]?.body).toContain("Reads it too early");
    expect(pull.reviews[0]?.body).not.toMatch(/Made up|Wrong file/);
  });

  it("posts no finding that a second look at the code refutes, and a weaker one as what it is", async () => {
    const { pull } = app.openPull({
      base: { "src/a.ts": "const first = 1;\n" },
      head: { "src/a.ts": "const first = 1;\nconst second = read();\n\n\n\n\n\n\nconst third = write();\n" },
    });
    const claims = [
      aClaim({
        path: "src/a.ts",
        line: 2,
        evidence: "const second = read();",
        severity: "critical",
        title: "Reads too early",
      }),
      aClaim({
        path: "src/a.ts",
        line: 9,
        evidence: "const third = write();",
        title: "Writes what nobody needs",
      }),
    ];
    app.answerAbout(pull, (asked) => {
      if (asked.question === "security") return { kind: "json", value: { findings: claims } };
      if (asked.question !== "verify") return nothingFound(asked);
      const isFirst = asked.text.includes("Claim 1: Reads too early");
      const over = isFirst
        ? { verdict: "refuted" as const }
        : { verdict: "weaker" as const, severity: "nit" };
      return { kind: "json", value: { verdicts: verdictsOn(asked.text, over) } };
    });

    const check = await opened(app, pull);

    expect(check.output.title).toBe("1 nit");
    expect(pull.reviewComments.map(({ line }) => line)).toEqual([9]);
    expect(pull.reviewComments[0]?.body).toMatch(/NIT[\s\S]*<details>/);
    expect(pull.reviews[0]?.body).not.toContain("Reads too early");
  });

  it("looks up for the model what it asks for, and nothing outside of the repository", async () => {
    const { pull } = app.openPull({
      base: { "src/a.ts": "const first = 1;\n", "lib/far.ts": "export const far = 42;\n" },
      head: { "src/a.ts": "const first = 2;\n", "lib/far.ts": "export const far = 42;\n" },
    });
    const read = (id: string, path: string) => ({
      id,
      name: "read_file",
      input: { path, start_line: 1, end_line: 9 },
    });
    let answers = "";
    app.answerAbout(pull, (asked) => {
      if (asked.question !== "security") return nothingFound(asked);
      if (asked.body.messages.length === 1)
        return { kind: "tool_use", calls: [read("toolu_1", "lib/far.ts"), read("toolu_2", "/etc/passwd")] };
      answers = asked.text;
      return nothingFound(asked);
    });

    const check = await opened(app, pull);

    expect(check.conclusion).toBe("success");
    expect(answers).toContain("     1 |  export const far = 42;");
    expect(answers).toContain("Refused: only paths within this repository can be read");
    expect(answers).not.toContain("root:");
  });

  it("reads 105 files page by page and names every one of them as reviewed", async () => {
    const names = Array.from({ length: 105 }, (_, at) => `src/module-${at}.ts`);
    const { pull } = app.openPull({
      base: { "README.md": "Modules\n" },
      head: Object.fromEntries(names.map((name) => [name, `export const name = "${name}";\n`])),
    });

    const check = await opened(app, pull);

    expect(check.conclusion).toBe("success");
    expect(pull.reviews[0]?.body).toContain("105 reviewed");
    const seen = app
      .askedAbout(pull)
      .map((asked) => asked.text)
      .join("\n");
    expect(names.filter((name) => !seen.includes(`export const name = "${name}";`))).toEqual([]);
    const pages = app.github.requests.filter(({ path }) =>
      path.includes(`${pull.repository.name}/pulls/1/files`),
    );
    expect(pages).toHaveLength(2);
  });

  it("posts at most 30 comments inline and keeps the others in the body", async () => {
    const lines = Array.from({ length: 40 }, (_, at) => `export const value${at} = compute(${at});`);
    const { pull } = app.openPull({ base: { "a.ts": "" }, head: { "a.ts": `${lines.join("\n")}\n` } });
    const claims = lines.map((evidence, at) =>
      aClaim({
        path: "a.ts",
        line: at + 1,
        evidence,
        severity: "nit",
        title: `Name number ${at} badly chosen`,
      }),
    );
    app.answerAbout(pull, (asked) => {
      const part = { security: claims.slice(0, 20), performance: claims.slice(20) }[asked.question as string];
      return part ? { kind: "json", value: { findings: part } } : nothingFound(asked);
    });

    await opened(app, pull);

    expect(pull.reviews).toHaveLength(1);
    expect(pull.reviewComments).toHaveLength(30);
    expect(pull.reviews[0]?.body).toContain("### More findings");
    expect(pull.reviews[0]?.body.match(/Name number \d+ badly chosen/g)?.length).toBeGreaterThanOrEqual(40);
  });
});

/** The demo as a newcomer runs it: no key, one command, and a review with findings of every kind of built-in check. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";

const DEMO = fileURLToPath(new URL("../demo/demo.ts", import.meta.url));
const RUN_TIMEOUT_MS = 120_000;

interface Run {
  readonly exitCode: number;
  readonly posted: string;
  readonly told: string;
}

describe("npm run demo -- --once, without a key", () => {
  let run: Run;
  beforeAll(async () => {
    run = await runDemo();
  }, RUN_TIMEOUT_MS);

  it("ends with 0", () => {
    expect(run.exitCode, run.told).toBe(0);
  });

  it.each([
    ["secrets", "secret-connection-string"],
    ["structure", "js-sql-from-parts"],
    ["migration", "migration-index-blocks-writes"],
    ["migration", "migration-not-null-without-default"],
    ["contract", "openapi-response-property-removed"],
    ["dependency", "dependency-range-opened"],
  ])("finds what the %s check is for: %s", (_check, rule) => {
    expect(run.posted).toContain(`<sub>built-in check \`${rule}\`</sub>`);
  });

  it("draws the tables that the change touches", () => {
    expect(run.posted).toContain("```mermaid\nerDiagram");
  });

  it("holds back the nit, and says so", () => {
    expect(run.posted).toContain("1 nit is not shown until the findings above are settled.");
  });

  it("does not show the password that the change commits", () => {
    expect(run.posted).toContain("This line holds a password");
    expect(run.posted).not.toContain("Winter-Harbour");
  });

  it("says that no model has read the change, before, in the check run and in the review", () => {
    expect(run.told).toContain("No ANTHROPIC_API_KEY: the built-in checks review the example");
    expect(run.posted).toMatch(/^════ Check run: failure — .*checks only: no ANTHROPIC_API_KEY is set$/m);
    expect(run.posted).toContain("Checks only: no model has read this change");
  });
});

async function runDemo(): Promise<Run> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "" };
  const child = spawn(process.execPath, [DEMO, "--once"], { env, stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "exit");
  const [posted, told, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { exitCode, posted, told };
}

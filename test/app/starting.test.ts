// What the server refuses to start with, and what it does without a key.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tempFolder } from "../builders-git.ts";
import { appPrivateKey } from "../github-double/app-auth.ts";
import { runServer, type Variables } from "./server-process.ts";
import { closeClean, opened, startWholeApp, type WholeApp } from "./whole-app.ts";

const folder = tempFolder("lifecycle");
afterAll(() => folder.remove());

const GOOD: Variables = {
  APP_ID: "1",
  PRIVATE_KEY: appPrivateKey(),
  WEBHOOK_SECRET: "a secret of this test",
  PLUMBLINE_DATA_DIR: `${folder.path}/data`,
};

describe.concurrent("a start that cannot be", () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ["no secret", { WEBHOOK_SECRET: "" }, /^plumbline: WEBHOOK_SECRET is empty/],
    [
      "a secret that everybody knows",
      { WEBHOOK_SECRET: "development" },
      /^plumbline: WEBHOOK_SECRET must not be/,
    ],
    [
      "a data folder that cannot be made",
      { PLUMBLINE_DATA_DIR: "/dev/null/data" },
      /^plumbline: PLUMBLINE_DATA_DIR \/dev\/null\/data cannot be used/,
    ],
    [
      "a database that cannot be reached",
      { DATABASE_URL: "postgres://plumbline:hunter2@127.0.0.1:1/plumbline" },
      /^plumbline: DATABASE_URL: the database could not be opened/m,
    ],
  ])("ends with exit code 2 and one line that names the variable: %s", async (_what, variables, line) => {
    const { code, output } = await runServer({ ...GOOD, ...variables });

    expect(code).toBe(2);
    expect(output).toMatch(line);
    expect(output.split("\n").filter((text) => text.startsWith("plumbline:"))).toHaveLength(1);
    expect(output).not.toContain("hunter2");
    // A stack is for faults of the program, not for those of its configuration.
    expect(output).not.toMatch(/^\s+at /m);
  });
});

describe("a server that is already there", () => {
  let app: WholeApp;
  beforeAll(async () => {
    // Without a key of the model service, which is a way to run it, too.
    app = await startWholeApp({ ANTHROPIC_API_KEY: "" });
  });
  afterAll(() => closeClean(app));

  it("keeps its data folder to itself", async () => {
    const { code, output } = await runServer(app.variables);

    expect(code).toBe(2);
    expect(output).toMatch(/^plumbline: PLUMBLINE_DATA_DIR .* cannot be used: another process is using it/);
  });

  it("keeps its port: a second one ends with exit code 2 and lets its own data folder go", async () => {
    const busy = createServer();
    await new Promise<void>((resolve) => busy.listen(0, "127.0.0.1", resolve));
    const PORT = String((busy.address() as AddressInfo).port);
    const variables = { ...GOOD, PLUMBLINE_DATA_DIR: `${folder.path}/second`, PORT };

    const { code, output } = await runServer(variables);
    busy.close();

    expect(code).toBe(2);
    expect(output).toContain(`plumbline: PORT ${PORT} on 127.0.0.1 cannot be used`);
  });

  it("reviews by its built-in checks alone, and says so in the review and its check", async () => {
    const { pull } = app.openPull();

    const check = await opened(app, pull);

    expect(check).toMatchObject({ status: "completed", conclusion: "neutral" });
    expect(check.output.title).toBe("No findings; checks only: no ANTHROPIC_API_KEY is set");
    expect(pull.reviews.map((review) => review.body)).toEqual([
      expect.stringContaining("no model has read this change, because no `ANTHROPIC_API_KEY` is set"),
    ]);
    expect(app.server.logs().some((line) => line.msg.startsWith("ANTHROPIC_API_KEY is not set"))).toBe(true);
  });
});

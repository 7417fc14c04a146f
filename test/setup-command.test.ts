import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readServerEnv } from "../src/env.ts";
import { setUpApp } from "../src/setup-command.ts";
import { type GitHubDouble, startGitHubDouble } from "./github-double/server.ts";

let github: GitHubDouble;
let folder: string;

beforeEach(async () => {
  github = await startGitHubDouble({ webhookSecret: "secret" });
  folder = mkdtempSync(join(tmpdir(), "plumbline-setup-"));
});

afterEach(async () => {
  await github.close();
  rmSync(folder, { recursive: true, force: true });
});

const options = () => ({
  url: "https://plumbline.example.com/some/path",
  org: "acme",
  envFile: join(folder, ".env"),
  port: 0,
});
const hostEnv = () => ({ GHE_HOST: github.host, GHE_PROTOCOL: "http" });

/** Starts the set-up and gives the page's address as soon as it is said. */
function begin() {
  const said: string[] = [];
  const page = Promise.withResolvers<string>();
  const done = setUpApp(options(), hostEnv(), (line) => {
    said.push(line);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (url !== undefined) page.resolve(url);
  });
  return { done, said, page: page.promise };
}

async function readForm(page: string) {
  const html = await (await fetch(page)).text();
  const unescaped = html.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  const action = /action="(?<action>[^"]+)"/.exec(unescaped)?.groups?.["action"] ?? "";
  const manifest = JSON.parse(
    /name="manifest" value="(?<json>.*)"><button/.exec(unescaped)?.groups?.["json"] ?? "{}",
  ) as Record<string, unknown>;
  return { action: new URL(action), manifest };
}

test("the form carries the manifest of app.yml with this server's addresses, and the code becomes an env file that the server accepts", async () => {
  const setup = begin();
  const page = await setup.page;

  const { action, manifest } = await readForm(page);
  const back = await fetch(`${page}/created?code=a1b2c3d4&state=${action.searchParams.get("state")}`);
  await setup.done;

  expect(action.pathname).toBe("/organizations/acme/settings/apps/new");
  expect(manifest).toMatchObject({
    hook_attributes: { url: "https://plumbline.example.com/api/github/webhooks", active: true },
    redirect_url: `${page}/created`,
    public: false,
    default_events: ["pull_request", "issue_comment", "check_run"],
    default_permissions: {
      pull_requests: "write",
      checks: "write",
      contents: "read",
      issues: "read",
      metadata: "read",
    },
  });
  expect(back.status).toBe(200);
  const file = readFileSync(options().envFile, "utf8");
  const variables = Object.fromEntries(
    file
      .trim()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  expect(readServerEnv(variables).privateKey).toContain("PRIVATE KEY-----\n");
  expect(statSync(options().envFile).mode & 0o077).toBe(0);
  expect(setup.said.join("\n")).not.toContain("PRIVATE KEY-----");
  expect(github.violations).toEqual([]);
});

test("a code with a foreign state is refused and the set-up goes on waiting", async () => {
  const setup = begin();
  const page = await setup.page;

  const foreign = await fetch(`${page}/created?code=stolen&state=guessed`);
  const { action } = await readForm(page);
  await fetch(`${page}/created?code=a1b2c3d4&state=${action.searchParams.get("state")}`);
  await setup.done;

  expect(foreign.status).toBe(400);
  expect(github.requests.filter((request) => request.path.includes("stolen"))).toEqual([]);
});

test("an env file that exists is never overwritten", async () => {
  writeFileSync(options().envFile, "APP_ID=1\n");

  await expect(setUpApp(options(), hostEnv(), () => undefined)).rejects.toThrow(/exists already/);

  expect(readFileSync(options().envFile, "utf8")).toBe("APP_ID=1\n");
});

test("an address that is none is named, and nothing is written", async () => {
  await expect(setUpApp({ ...options(), url: "plumbline" }, hostEnv(), () => undefined)).rejects.toThrow(
    /--url plumbline/,
  );

  expect(existsSync(options().envFile)).toBe(false);
});

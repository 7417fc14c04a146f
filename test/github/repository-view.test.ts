// The view of a pull request on GitHub: with its archive, without it, and what either costs in calls.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FinalError, LimitError } from "../../src/domain/errors.ts";
import type { PullRequest, PullRequestLocator } from "../../src/domain/pull-request.ts";
import type { GitHubClient } from "../../src/github/client.ts";
import { ARCHIVE_LIMITS, type ArchiveLimits } from "../../src/github/head-archive.ts";
import { pullRequestSource } from "../../src/github/pull-request-source.ts";
import { openRepositoryView } from "../../src/github/repository-view.ts";
import type { RepositoryView } from "../../src/review/repository-view.ts";
import { branchedRepository, type Files, type TempRepository } from "../builders-git.ts";
import { type GitHubDouble, startGitHubDouble } from "../github-double/server.ts";
import { filesAtHead, itAnswersAsTheRepositoryDoes, NEVER, variedRepository } from "../view-cases.ts";
import { standInClient } from "./stand-in-client.ts";

const TOO_LITTLE: ArchiveLimits = { ...ARCHIVE_LIMITS, textBytes: 1 };

let github: GitHubDouble;
const repositories: TempRepository[] = [];
beforeAll(async () => {
  github = await startGitHubDouble({ webhookSecret: "s" });
});
afterAll(async () => {
  await github.close();
  for (const repository of repositories) repository.dispose();
  expect(github.violations).toEqual([]);
});

interface Opened {
  readonly client: GitHubClient;
  readonly locator: PullRequestLocator;
  readonly pullRequest: PullRequest;
  /** Requests to GitHub since the pull request was loaded. */
  readonly calls: () => readonly string[];
}

async function load(git: TempRepository): Promise<Opened> {
  repositories.push(git);
  const installationId = 100 + repositories.length;
  const name = `shop-${installationId}`;
  const { id } = github.addRepository({ owner: "acme", name, directory: git.directory, installationId });
  github.openPullRequest({
    repository: `acme/${name}`,
    title: "A change",
    baseRef: "main",
    headRef: "topic",
  });
  const locator = { installationId, repositoryId: id, owner: "acme", name, number: 1 };
  const client = await standInClient(github, installationId);
  const pullRequest = await pullRequestSource(client, locator, async () => undefined).load(NEVER);
  const from = github.requests.length;
  const own = (path: string) => path.includes(name) || path === "/api/graphql";
  const calls = () =>
    github.requests
      .slice(from)
      .filter(({ path }) => own(path))
      .map(
        ({ method, path }) =>
          `${method} ${path.replace(`/repos/acme/${name}`, "").replaceAll(/[0-9a-f]{40}/g, "SHA")}`,
      );
  return { client, locator, pullRequest, calls };
}

function open({ client, locator, pullRequest }: Opened, limits = ARCHIVE_LIMITS): Promise<RepositoryView> {
  return openRepositoryView(client, locator, pullRequest, NEVER, limits);
}

const TARBALL = "GET /tarball/SHA";
const COMPARE = "GET /compare/SHA...SHA?per_page=1&page=2";
const QUERY = "POST /api/graphql";

describe("the view of a pull request", () => {
  let git: TempRepository;
  let opened: Opened;
  beforeAll(async () => {
    git = variedRepository();
    opened = await load(git);
  });

  describe("with its archive", () => {
    let view: RepositoryView;
    beforeAll(async () => {
      view = await open(opened);
    });
    afterAll(() => view.close());

    itAnswersAsTheRepositoryDoes(() => view);

    it("lists every regular file that the archive holds", () => {
      const kept = ["kept.txt", "docs/guide.md"];
      const expected = filesAtHead(git).filter(({ path }) => !kept.includes(path));
      const withoutSize = (file: { path: string }) => file.path;

      expect(view.files.map(withoutSize)).toEqual(expected.map(withoutSize));
      expect(view.treeMissing).toBeNull();
    });
  });

  it("asks for a changed file that the archive does not hold, whatever hides it there", async () => {
    const hidden = ".gitattributes export-ignore\nhidden.ts export-ignore\n";
    const opened = await load(
      branchedRepository(
        { ".gitattributes": hidden, "hidden.ts": "one\n", "seen.ts": "seen\n" },
        { "hidden.ts": "two\n" },
      ),
    );
    const view = await open(opened);

    expect(view.files.map(({ path }) => path)).toEqual(["seen.ts"]);
    expect((await view.readHead(["hidden.ts"], NEVER)).get("hidden.ts")).toEqual({
      kind: "text",
      text: "two\n",
    });
    expect((await view.readBase(["hidden.ts"], NEVER)).get("hidden.ts")).toEqual({
      kind: "text",
      text: "one\n",
    });
    expect(opened.calls()).toEqual([TARBALL, QUERY]);
    await view.close();
  });

  describe("without an archive", () => {
    let view: RepositoryView;
    beforeAll(async () => {
      view = await open(opened, TOO_LITTLE);
    });
    afterAll(() => view.close());

    itAnswersAsTheRepositoryDoes(() => view);

    it("lists nothing, and says why", () => {
      expect(view.files).toEqual([]);
      expect(view.treeMissing).toMatch(
        /^the repository could not be read as a whole: its archive has more than .* MiB of text$/,
      );
    });
  });
});

describe("what the view costs", () => {
  const names = Array.from({ length: 100 }, (_, at) => `src/file-${at}.ts`);
  const filesOf = (word: string): Files =>
    Object.fromEntries(
      names.map((name) => [name, `export const a = "${name}";\nexport const b = "${word}";\n`]),
    );
  let opened: Opened;
  beforeAll(async () => {
    opened = await load(branchedRepository(filesOf("before"), filesOf("after")));
  });
  beforeEach(async () => {
    const { client, locator, calls } = opened;
    const pullRequest = await pullRequestSource(client, locator, async () => undefined).load(NEVER);
    const before = calls().length;
    opened = { ...opened, pullRequest, calls: () => calls().slice(before) };
  });

  it("is one call for head, base and a scan of 100 changed files", async () => {
    const view = await open(opened);
    await view.readHead(names, NEVER);
    const base = await view.readBase([...names, ".gitattributes"], NEVER);
    for await (const { path } of view.scan(names, NEVER)) expect(names).toContain(path);

    expect(base.get("src/file-7.ts")).toEqual({ kind: "text", text: filesOf("before")["src/file-7.ts"] });
    expect(opened.calls()).toEqual([TARBALL]);
    await view.close();
  });

  it("is one call more where there is no archive, however often they are read", async () => {
    const view = await open(opened, TOO_LITTLE);
    await view.readHead(names, NEVER);
    await view.readHead(names, NEVER);
    await view.readBase(names, NEVER);
    for await (const { path } of view.scan(names, NEVER)) expect(names).toContain(path);

    expect(opened.calls()).toEqual([TARBALL, QUERY]);
    await view.close();
  });

  it("is two calls more where the diff does not tell what stood there before", async () => {
    const withoutPatch = opened.pullRequest.files.map((file) => ({
      ...file,
      patch: { kind: "none", reason: "too-large", detail: "GitHub shows no patch for it" } as const,
    }));
    const view = await open({ ...opened, pullRequest: { ...opened.pullRequest, files: withoutPatch } });
    const base = await view.readBase(names, NEVER);

    expect(base.get("src/file-7.ts")).toEqual({ kind: "text", text: filesOf("before")["src/file-7.ts"] });
    expect(opened.calls()).toEqual([TARBALL, COMPARE, QUERY]);
    await view.close();
  });

  it("halves a query that GitHub cannot serve", async () => {
    github.failNext({ method: "POST", path: /graphql/, effect: { kind: "status", status: 502 } });
    const view = await open(opened, TOO_LITTLE);
    const head = await view.readHead(names, NEVER);

    expect(names.map((name) => head.get(name)?.kind)).toEqual(names.map(() => "text"));
    expect(opened.calls()).toEqual([TARBALL, QUERY, QUERY, QUERY]);
    await view.close();
  });

  it("asks for nothing that cannot be there", async () => {
    const view = await open(opened, TOO_LITTLE);
    await view.readHead(["/etc/passwd", "../x", "a//b", ""], NEVER);

    expect(opened.calls()).toEqual([TARBALL]);
    await view.close();
  });
});

describe("an archive that cannot be had", () => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await load(branchedRepository({ "a.ts": "one\n" }, { "a.ts": "two\n" }));
  });
  const refuse = (status: number, headers = {}, body?: unknown) =>
    github.failNext({ path: /tarball/, effect: { kind: "status", status, headers, body } });

  it.each([404, 403, 410, 451])("is done without when GitHub says %i", async (status) => {
    refuse(status);
    const before = opened.calls().length;
    const view = await open(opened);

    expect(view.treeMissing).toContain(`GitHub answered ${status}`);
    expect((await view.readHead(["a.ts"], NEVER)).get("a.ts")).toEqual({ kind: "text", text: "two\n" });
    expect(opened.calls().slice(before)).toEqual([TARBALL, QUERY]);
    await view.close();
  });

  it("is waited for where GitHub asks for a pause", async () => {
    refuse(429, { "retry-after": "90" });

    await expect(open(opened)).rejects.toMatchObject({ name: LimitError.name, retryAfterMs: 90_000 });
  });

  it("is not asked for twice where the app is suspended", async () => {
    refuse(403, {}, { message: "This installation has been suspended" });

    await expect(open(opened)).rejects.toThrow(FinalError);
  });

  it("ends with the reason of whoever stops it", async () => {
    const { client, locator, pullRequest } = opened;
    const stop = AbortSignal.abort(new Error("the server is stopping"));

    await expect(openRepositoryView(client, locator, pullRequest, stop)).rejects.toThrow(
      "the server is stopping",
    );
  });
});

describe("a query that GitHub refuses", () => {
  it.each([
    ["RATE_LIMITED", "LimitError"],
    ["NOT_FOUND", "FinalError"],
    ["FORBIDDEN", "FinalError"],
    ["SOMETHING_ELSE", "RetryableError"],
  ])("with %s is a %s", async (type, name) => {
    const opened = await load(branchedRepository({ "a.ts": "one\n" }, { "a.ts": "two\n" }));
    const view = await open(opened, TOO_LITTLE);
    const body = { data: null, errors: [{ type, message: "no" }] };
    github.failNext({ method: "POST", path: /graphql/, effect: { kind: "status", status: 200, body } });

    await expect(view.readHead(["a.ts"], NEVER)).rejects.toMatchObject({ name });
    // Not remembered: the next one is answered.
    expect((await view.readHead(["a.ts"], NEVER)).get("a.ts")?.kind).toBe("text");
    await view.close();
  });

  it("for one file alone leaves the others readable", async () => {
    const opened = await load(branchedRepository({ "a.ts": "one\n" }, { "a.ts": "two\n" }));
    const view = await open(opened, TOO_LITTLE);
    const f1 = { mode: 33188, object: { byteSize: 4, isBinary: false, isTruncated: false, text: "two\n" } };
    const errors = [{ message: "timed out", path: ["repository", "object", "f0"] }];
    const body = { data: { repository: { object: { f0: null, f1 } } }, errors };
    github.failNext({ method: "POST", path: /graphql/, effect: { kind: "status", status: 200, body } });

    expect(await view.readHead(["b.ts", "a.ts"], NEVER)).toEqual(
      new Map([
        ["b.ts", { kind: "unreadable", reason: "GitHub could not read it: timed out" }],
        ["a.ts", { kind: "text", text: "two\n" }],
      ]),
    );
    await view.close();
  });
});

describe("the host that serves archives", () => {
  type Serve = (request: IncomingMessage, response: ServerResponse) => void;

  async function openThrough(serve: Serve): Promise<RepositoryView> {
    const codeload = createServer(serve);
    await new Promise<void>((resolve) => codeload.listen(0, "127.0.0.1", resolve));
    const location = `http://127.0.0.1:${(codeload.address() as AddressInfo).port}/archive`;
    const opened = await load(branchedRepository({ "a.ts": "one\n" }, { "a.ts": "two\n" }));
    github.failNext({ path: /tarball/, effect: { kind: "status", status: 302, headers: { location } } });
    const view = await open(opened);
    codeload.closeAllConnections();
    codeload.close();
    return view;
  }

  it("is not told our token", async () => {
    const seen: IncomingHttpHeaders[] = [];
    const view = await openThrough((request, response) => {
      seen.push(request.headers);
      response.writeHead(404).end();
    });

    expect(seen).toHaveLength(1);
    expect(seen[0]).not.toHaveProperty("authorization");
    expect(view.treeMissing).toContain("404");
    await view.close();
  });

  it.each<[what: string, serve: Serve, reason: RegExp]>([
    [
      "breaks off",
      (_request, response) => {
        response.writeHead(200, { "content-type": "application/x-gzip", "content-length": "9000" });
        response.write(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), () => response.destroy());
      },
      /its archive could not be read/,
    ],
    ["sends a page", (_request, response) => response.end("<html>Sorry</html>"), /incorrect header check/],
    ["sends nothing", (_request, response) => response.end(), /its archive could not be read/],
    ["is busy", (_request, response) => response.writeHead(503).end(), /GitHub answered 503/],
  ])("may fail: it %s", async (_what, serve, reason) => {
    const view = await openThrough(serve);

    expect(view.treeMissing).toMatch(reason);
    expect((await view.readHead(["a.ts"], NEVER)).get("a.ts")?.kind).toBe("text");
    await view.close();
  });
});

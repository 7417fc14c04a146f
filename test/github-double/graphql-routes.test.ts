// The stand-in's queries: what GitHub's schema does not have is refused, and what cannot be seen is not there.
import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { branchedRepository, type TempRepository } from "../builders-git.ts";
import { standInClient } from "../github/stand-in-client.ts";
import { type GitHubDouble, startGitHubDouble } from "./server.ts";

let github: GitHubDouble;
let git: TempRepository;
beforeAll(async () => {
  git = branchedRepository({ "a.ts": "one\n" }, { "a.ts": "two\n" });
  github = await startGitHubDouble({ webhookSecret: "s" });
  github.addRepository({ owner: "acme", name: "shop", directory: git.directory, installationId: 7 });
  github.addRepository({ owner: "other", name: "secret", directory: git.directory, installationId: 8 });
});
afterAll(async () => {
  await github.close();
  git.dispose();
});

async function ask(query: string, variables: Record<string, string> = {}): Promise<unknown> {
  const client = await standInClient(github, 7);
  const { data } = await client.request(`POST ${new URL("/api/graphql", github.apiUrl).href}`, {
    query,
    variables,
  });
  return data;
}

const fileQuery = (fields: string) =>
  `query ($oid: GitObjectID!) { repository(owner: "acme", name: "shop") {
    object(oid: $oid) { ... on Commit { file(path: "a.ts") { ${fields} } } } } }`;
const head = () => ({ oid: git.git("rev-parse", "topic").trim() });

describe("a query", () => {
  it("reads a file of a commit", async () => {
    expect(
      await ask(fileQuery("mode type object { ... on Blob { byteSize isBinary text } }"), head()),
    ).toEqual({
      data: {
        repository: {
          object: {
            file: { mode: 0o100644, type: "blob", object: { byteSize: 4, isBinary: false, text: "two\n" } },
          },
        },
      },
    });
  });

  it.each([
    ["a field that is not in the schema", fileQuery("mode content"), /Cannot query field "content"/],
    ["a variable without a value", fileQuery("mode"), /Variable "\$oid" of required type/],
    ["no query at all", "nonsense", /Syntax Error/],
  ])("is refused as a whole for %s", async (_what, query, message) => {
    const answer = await ask(query);

    expect(answer).not.toHaveProperty("data.repository");
    expect(answer).toMatchObject({ errors: [{ message: expect.stringMatching(message) }] });
  });

  it("names a file that is not there beside what is", async () => {
    const query = fileQuery("mode").replace('file(path: "a.ts")', 'gone: file(path: "b.ts")');

    expect(await ask(query, head())).toMatchObject({
      data: { repository: { object: { gone: null } } },
      errors: [{ type: "NOT_FOUND", path: ["repository", "object", "gone"] }],
    });
  });

  it("sees no repository of another installation", async () => {
    expect(
      await ask('{ repository(owner: "other", name: "secret") { object(oid: "x") { oid } } }'),
    ).toMatchObject({
      data: { repository: null },
      errors: [{ type: "NOT_FOUND", path: ["repository"] }],
    });
  });

  it("needs a token", async () => {
    const stranger = new Octokit({
      baseUrl: github.apiUrl,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });

    await expect(
      stranger.graphql('{ repository(owner: "acme", name: "shop") { object(oid: "x") { oid } } }'),
    ).rejects.toMatchObject({
      status: 401,
    });
  });
});

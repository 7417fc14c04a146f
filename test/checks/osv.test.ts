import nock from "nock";
import { afterEach, beforeEach, expect, it } from "vitest";
import { osvAdvisories } from "../../src/checks/osv.ts";

const URL = "https://osv.example";
const PACKAGES = [
  { ecosystem: "npm", name: "lodash", version: "4.17.10" },
  { ecosystem: "PyPI", name: "requests", version: "2.32.0" },
] as const;
/** As the service answers: one result a query, and nothing in it where nothing is known. */
const ANSWER = {
  results: [
    {
      vulns: [
        { id: "GHSA-35jh-r3h4-6jhm", modified: "2025-09-29T21:12:31.101250Z" },
        { id: "GHSA-jf85-cpcp-j695", modified: "2025-09-29T21:12:31.101250Z" },
      ],
    },
    {},
  ],
};

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

function ask(signal = new AbortController().signal) {
  return osvAdvisories({ url: URL, fetch }).affecting(PACKAGES, signal);
}

it("asks once for all packages and matches the answers by their order", async () => {
  const queries = PACKAGES.map(({ ecosystem, name, version }) => ({ package: { ecosystem, name }, version }));
  const scope = nock(URL).post("/v1/querybatch", { queries }).reply(200, ANSWER);

  expect(await ask()).toEqual({
    kind: "known",
    advisories: [{ affected: PACKAGES[0], ids: ["GHSA-35jh-r3h4-6jhm", "GHSA-jf85-cpcp-j695"] }],
  });
  expect(scope.isDone()).toBe(true);
});

it("asks nothing for nothing", async () => {
  const answer = await osvAdvisories({ url: URL, fetch }).affecting([], new AbortController().signal);

  expect(answer).toEqual({ kind: "known", advisories: [] });
});

it.each([
  ["a failure of the service", () => nock(URL).post("/v1/querybatch").reply(503, "down"), "OSV answered 503"],
  [
    "another form",
    () =>
      nock(URL)
        .post("/v1/querybatch")
        .reply(200, { results: [{}] }),
    "OSV answered in a form that is not known",
  ],
  ["no JSON", () => nock(URL).post("/v1/querybatch").reply(200, "<html>"), "OSV was not reached"],
  ["no connection", () => nock(URL).post("/v1/querybatch").replyWithError("refused"), "OSV was not reached"],
  [
    "a redirect",
    () => nock(URL).post("/v1/querybatch").reply(302, "", { location: "https://else.example" }),
    "OSV was not reached",
  ],
])("tells %s as a reason", async (_, prepare, reason) => {
  prepare();

  expect(await ask()).toEqual({ kind: "unavailable", reason: expect.stringContaining(reason) });
});

it("rejects when the review is stopped", async () => {
  nock(URL).post("/v1/querybatch").reply(200, ANSWER);

  await expect(ask(AbortSignal.abort(new Error("stopped")))).rejects.toThrow("stopped");
});

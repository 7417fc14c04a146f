// What a review costs in requests to GitHub, counted at the stand-in: rate limits are shared by all reviews of an installation.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  aClaim,
  closeClean,
  finds,
  opened,
  reviewedAfter,
  startWholeApp,
  type WholeApp,
} from "./whole-app.ts";

const MOST_REQUESTS = 10;
const FINDINGS = 20;

let app: WholeApp;
beforeAll(async () => {
  app = await startWholeApp();
});
afterAll(() => closeClean(app));

/** Lines that the change does not touch, far from the one that it does. */
const OLD = Array.from({ length: FINDINGS }, (_, at) => `export const old${at} = read(${at});`);
const FILLER = Array.from({ length: 40 }, (_, at) => `// line ${at}`);

function fileWith(last: string): string {
  return `${[...OLD, ...FILLER, last].join("\n")}\n`;
}

function openedProject() {
  const project = app.openPull({
    base: { "src/a.ts": fileWith("export const last = 1;"), "src/b.ts": fileWith("export const end = 1;") },
    head: { "src/a.ts": fileWith("export const last = 2;"), "src/b.ts": fileWith("export const end = 2;") },
  });
  finds(
    app,
    project.pull,
    "correctness",
    ...OLD.map((evidence, at) =>
      aClaim({
        path: at % 2 === 0 ? "src/a.ts" : "src/b.ts",
        line: at + 1,
        evidence,
        title: `Value ${at} goes stale in case ${at * 7}`,
      }),
    ),
  );
  return project;
}

/** Those of the sweep that a server begins with name no pull request's repository. */
function askedSince(start: number, repository: string): readonly string[] {
  return app.github.requests
    .slice(start)
    .filter(({ path }) => path.includes(`/${repository}/`) || /graphql|access_tokens/.test(path))
    .map(({ method, path }) => `${method} ${path}`);
}

describe("a review whose 20 findings quote code outside of the diff", () => {
  it("asks GitHub at most 10 times, once for the tree, the first time and when more was pushed", async () => {
    const { pull, git } = openedProject();
    const repository = pull.repository.name;

    const start = app.github.requests.length;
    await opened(app, pull);
    const first = askedSince(start, repository);
    const again = app.github.requests.length;
    git.write("src/a.ts", fileWith("export const last = 3;"));
    app.github.pushHead(pull, git.commit("Once more"));
    await reviewedAfter(app, pull, () => app.github.deliverPullRequest(pull, "synchronize"));
    const second = askedSince(again, repository);

    expect(pull.reviews[0]?.body.match(/Value \d+ goes stale/g)?.length).toBeGreaterThanOrEqual(FINDINGS);
    expect(pull.reviews).toHaveLength(2);
    for (const asked of [first, second]) {
      expect(asked.filter((one) => one.includes("/tarball/"))).toHaveLength(1);
      expect(asked.length, asked.join("\n")).toBeLessThanOrEqual(MOST_REQUESTS);
    }
  });
});

// What one review asks of GitHub: a pull request of 100 files with findings stays within 10 calls, all counted.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { PullRequestState } from "../github-double/server.ts";
import {
  aClaim,
  closeClean,
  finds,
  opened,
  reviewedAfter,
  startWholeApp,
  type WholeApp,
} from "./whole-app.ts";

const MOST_CALLS = 10;
const NAMES = Array.from({ length: 100 }, (_, at) => `src/module-${at}.ts`);

let app: WholeApp;
beforeAll(async () => {
  app = await startWholeApp();
});
afterAll(() => closeClean(app));

/** The token of the installation is among them: the server's own counter does not see it, and GitHub does. */
function callsAbout(pull: PullRequestState, from: number): readonly string[] {
  const { fullName, installationId } = pull.repository;
  return app.github.requests
    .slice(from)
    .filter(
      ({ path }) =>
        path.startsWith(`/repos/${fullName}/`) ||
        path.startsWith(`/app/installations/${installationId}/`) ||
        path === "/api/graphql",
    )
    .map(({ method, path }) => `${method} ${path}`);
}

it("reviews 100 files with findings, at first and again, in at most 10 calls", async () => {
  const text = (name: string, word: string) =>
    `const quoted = "${name}";\n${"\n".repeat(20)}const ${word} = 1;\n`;
  const { pull, git } = app.openPull({
    base: Object.fromEntries(NAMES.map((name) => [name, text(name, "before")])),
    head: Object.fromEntries(NAMES.map((name) => [name, text(name, "after")])),
  });
  const inDiff = NAMES.slice(0, 3).map((path) =>
    aClaim({ path, line: 22, evidence: "const after = 1;", title: `Named badly in ${path}` }),
  );
  const outside = aClaim({
    path: NAMES[7] ?? "",
    line: 1,
    evidence: `const quoted = "${NAMES[7]}";`,
    title: "Seen beside the diff",
  });
  finds(app, pull, "maintainability", ...inDiff, outside);

  await opened(app, pull);

  expect(pull.reviewComments).toHaveLength(3);
  expect(pull.reviews[0]?.body).toContain("Seen beside the diff");
  const first = callsAbout(pull, 0);
  expect(first.length, first.join("\n")).toBeLessThanOrEqual(MOST_CALLS);

  const from = app.github.requests.length;
  git.write(NAMES[0] ?? "", `${text(NAMES[0] ?? "", "after")}const more = 1;\n`);
  app.github.pushHead(pull, git.commit("More"));
  await reviewedAfter(app, pull, () => app.github.deliverPullRequest(pull, "synchronize"));

  expect(pull.reviews).toHaveLength(2);
  const again = callsAbout(pull, from);
  expect(again.length, again.join("\n")).toBeLessThanOrEqual(MOST_CALLS);
});

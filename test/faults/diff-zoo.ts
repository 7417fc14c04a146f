// Case 25: every strange diff that git can print, and every strange patch that an API could give.
import assert from "node:assert/strict";
import { aClaim } from "../app/whole-app.ts";
import type { TempRepository } from "../builders-git.ts";
import { randomGitPatches } from "../domain/random-git-diffs.ts";
import { readPatch } from "../github-double/commentable-lines.ts";
import { pullDiff } from "../github-double/git-diff.ts";
import type { PullRequestState } from "../github-double/server.ts";
import { nothingFound } from "../model-double.ts";
import { brokenPatches } from "./broken-patches.ts";
import { inParts } from "./eventually.ts";
import { opened, ownReviews, reviewed, reviewPosts } from "./evidence.ts";
import { type FaultApp, type FaultCase, PGLITE } from "./fault-case.ts";
import { strangeContents, strangeKinds, strangeNames } from "./strange-files.ts";

/** GitHub's own limit for us; what is over it goes to the summary. */
const MOST_INLINE = 30;

export const diffZoo: FaultCase = {
  number: 25,
  title: "Diff zoo",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const app = await context.startApp({ LOG_LEVEL: "info" });
    let anchors = 0;
    const commented = async (git: TempRepository) => {
      const { pull } = app.openPull({ git });
      await commentOnEverything(app, pull);
      await opened(app, pull);
      await reviewed(app, pull);
      anchors += assertAccepted(app, pull);
    };
    const parts = await inParts({
      "strange names": () => commented(strangeNames()),
      "strange contents": () => commented(strangeContents()),
      "strange kinds": () => commented(strangeKinds()),
      ...Object.fromEntries(
        [1, 2, 3].map((seed) => [`random edits ${seed}`, () => commented(randomRepository(seed))]),
      ),
      "patches that do not add up": () => patchesThatDoNotAddUp(app),
    });
    return `${parts} kinds of change: ${anchors} anchors, all accepted; no exception`;
  },
};

/** Edits as in the tests of the diff reader, as one repository. */
function randomRepository(seed: number): TempRepository {
  const patches = randomGitPatches(12, seed);
  return strangeContents(patches);
}

/** The model claims something about lines of every file: their first, their last, and a range, on both sides. */
async function commentOnEverything(app: FaultApp, pull: PullRequestState): Promise<void> {
  const { files } = await pullDiff(pull.repository.git, pull.baseSha, pull.headSha);
  const claims = files.flatMap(({ filename, patch }) => (patch === null ? [] : claimsAbout(filename, patch)));
  const perPass = Math.ceil(claims.length / 5);
  const passes = ["security", "correctness", "architecture", "performance", "maintainability"];
  app.answerAbout(pull, (asked) => {
    const at = passes.indexOf(asked.question);
    if (at < 0) return nothingFound(asked);
    return { kind: "json", value: { findings: claims.slice(at * perPass, (at + 1) * perPass) } };
  });
}

function claimsAbout(path: string, patch: string): readonly object[] {
  const rows = readPatch(patch).filter((row) => row.left !== null || row.right !== null);
  const told = rows.filter((row) => row.text.slice(1).trim() !== "");
  const chosen = [told[0], told.at(-1), told[Math.floor(told.length / 2)]];
  return [...new Set(chosen)].flatMap((row, at) => {
    if (row === undefined) return [];
    const side = row.right === null ? "LEFT" : "RIGHT";
    const line = row.right ?? row.left;
    return aClaim({ path, side, line, evidence: row.text.slice(1), title: `Something at ${line} (${at})` });
  });
}

function assertAccepted(app: FaultApp, pull: PullRequestState): number {
  const posts = reviewPosts(app, pull);
  // The stand-in checks every anchor against the patch with a reader of its own, and refuses the whole for one of them.
  assert.deepEqual(
    posts.map(({ status }) => status),
    [200],
  );
  const comments = ownReviews(pull)[0]?.comments ?? [];
  assert.ok(comments.length > 0 && comments.length <= MOST_INLINE, `${comments.length} comments`);
  return comments.length;
}

/** What git does not print, in the place of what it did. */
async function patchesThatDoNotAddUp(app: FaultApp): Promise<void> {
  await inParts(
    Object.fromEntries(
      Object.entries(brokenPatches()).map(([name, patch]) => [name, () => withPatch(app, patch)]),
    ),
  );
}

async function withPatch(app: FaultApp, patch: string): Promise<void> {
  const { pull } = app.openPull({
    base: { "src/a.ts": "export const a = 1;\n" },
    head: { "src/a.ts": "export const a = 2;\n" },
  });
  const { repository } = pull;
  const rest = { sha: "0".repeat(40), blob_url: "", raw_url: "", contents_url: "" };
  const file = {
    filename: "src/a.ts",
    status: "modified",
    additions: 1,
    deletions: 1,
    changes: 2,
    patch,
    ...rest,
  };
  app.github.failNext({
    path: new RegExp(`^/repos/${repository.fullName}/pulls/1/files`),
    times: 10,
    effect: { kind: "status", status: 200, body: [file] },
  });
  const claims = [1, 2, 3, 4].flatMap((line) =>
    ["RIGHT", "LEFT"].map((side) =>
      aClaim({ path: "src/a.ts", side, line, evidence: "export const a = 2;" }),
    ),
  );
  app.answerAbout(pull, (asked) =>
    asked.question === "correctness" ? { kind: "json", value: { findings: claims } } : nothingFound(asked),
  );
  await opened(app, pull);
  await reviewed(app, pull);
  assert.deepEqual(
    reviewPosts(app, pull).map(({ status }) => status),
    [200],
  );
}

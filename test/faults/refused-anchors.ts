// Case 15: GitHub refuses a review for one of its comments, and does not say which.
import assert from "node:assert/strict";
import type { Project } from "../app/project.ts";
import { aClaim } from "../app/whole-app.ts";
import { tempRepository, writeAll } from "../builders-git.ts";
import { nothingFound } from "../model-double.ts";
import { aWhile, inParts } from "./eventually.ts";
import { concluded, opened, ownReviews, pathOf, reviewed, reviewPosts } from "./evidence.ts";
import { type FaultApp, type FaultCase, PGLITE } from "./fault-case.ts";

const COUNT = 10;

export const refusedAnchor: FaultCase = {
  number: 15,
  title: "422 for one comment of ten",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const app = await context.startApp();
    await inParts({
      "the base moves between reading and posting": () => movedBase(app),
      "a line that the files API shows": () => shownLine(app),
      "422 without end": () => refusedTwice(app),
      "ten sound ones": () => soundAnchors(app),
    });
    return "base moved: 9 inline, 1 in the summary; line refused: all in the summary; never more than 2 POSTs";
  },
};

/** Nine lines in one file, one in another; the branch `release` already has the other. */
function tenLines(app: FaultApp): Project & { readonly claims: readonly object[] } {
  const git = tempRepository();
  const lines = Array.from({ length: COUNT - 1 }, (_, at) => `export const value${at} = compute(${at});`);
  writeAll(git, { "src/many.ts": "", "src/one.ts": "export const one = 1;\n" });
  git.commit("The base");
  git.git("checkout", "--quiet", "-b", "topic");
  writeAll(git, { "src/one.ts": "export const one = 2;\n" });
  git.commit("One file");
  git.git("branch", "release");
  writeAll(git, { "src/many.ts": `${lines.join("\n")}\n` });
  git.commit("The other");
  const claims = [
    ...lines.map((evidence, at) =>
      aClaim({ path: "src/many.ts", line: at + 1, evidence, title: `Defect ${at}` }),
    ),
    aClaim({ path: "src/one.ts", line: 1, evidence: "export const one = 2;", title: "Defect of the one" }),
  ];
  return { ...app.openPull({ git }), claims };
}

function answerWith(app: FaultApp, { pull, claims }: ReturnType<typeof tenLines>, atTheEnd = () => {}): void {
  app.answerAbout(pull, (asked) => {
    if (asked.question === "summary") atTheEnd();
    return asked.question === "correctness"
      ? { kind: "json", value: { findings: claims } }
      : nothingFound(asked);
  });
}

async function movedBase(app: FaultApp): Promise<void> {
  const project = tenLines(app);
  const { pull } = project;
  // The same head stands against another base: the one file is not in the diff any more. No event tells of it.
  answerWith(app, project, () => void (pull.baseRef = "release"));
  await opened(app, pull);
  await reviewed(app, pull);
  const [review] = ownReviews(pull);
  assert.equal(review?.comments.length, COUNT - 1);
  assert.match(review?.body ?? "", /Defect of the one/);
  await assertPosts(app, pull, 2);
}

async function shownLine(app: FaultApp): Promise<void> {
  const project = tenLines(app);
  const { pull } = project;
  pull.refusedLines.push({ path: "src/many.ts", line: 5 });
  answerWith(app, project);
  await opened(app, pull);
  await reviewed(app, pull);
  const [review] = ownReviews(pull);
  // Nobody can tell which of the ten it was, so none of them is risked again.
  assert.equal(review?.comments.length, 0);
  for (let at = 0; at < COUNT - 1; at++) assert.match(review?.body ?? "", new RegExp(`Defect ${at}\\b`));
  assert.match(review?.body ?? "", /Defect of the one/);
  await assertPosts(app, pull, 2);
}

async function refusedTwice(app: FaultApp): Promise<void> {
  const { pull } = app.openPull();
  const effect = { kind: "status", status: 422, body: { message: "Unprocessable Entity" } } as const;
  app.github.failNext({ method: "POST", path: pathOf(pull, "/pulls/1/reviews$"), times: 100, effect });
  await opened(app, pull);
  await concluded(pull, "neutral", /^Not reviewed: .*422/);
  await assertPosts(app, pull, 2);
  assert.equal(ownReviews(pull).length, 0);
}

async function soundAnchors(app: FaultApp): Promise<void> {
  const project = tenLines(app);
  answerWith(app, project);
  await opened(app, project.pull);
  await reviewed(app, project.pull);
  assert.equal(ownReviews(project.pull)[0]?.comments.length, COUNT);
  await assertPosts(app, project.pull, 1);
}

async function assertPosts(app: FaultApp, pull: Project["pull"], most: number): Promise<void> {
  await aWhile();
  const posts = reviewPosts(app, pull).length;
  assert.ok(posts <= most, `${posts} POSTs`);
  assert.ok(ownReviews(pull).length <= 1, "no second review");
}

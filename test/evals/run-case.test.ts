import { expect, test } from "vitest";
import { argumentsOf } from "../../evals/run-case.ts";

const repository = { directory: "repo", base: "b1", head: "h1", descriptionFile: "words.md" };
const ALWAYS =
  "review --repo repo --base b1 --head h1 --title Title --description-file words.md --format json --fail-on never".split(
    " ",
  );

test.each([
  ["nothing more by default", {}, ALWAYS],
  ["the model when it is given", { model: "m" }, [...ALWAYS, "--model", "m"]],
  ["the depth when it is given", { depth: "quick" }, [...ALWAYS, "--depth", "quick"]],
] as const)("passes on %s", (_, given, expected) => {
  const settings = { model: undefined, depth: undefined, ...given };

  expect(argumentsOf({ title: "Title" }, repository, settings)).toEqual(expected);
});

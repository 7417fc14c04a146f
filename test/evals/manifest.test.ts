import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openCaseRepository } from "../../evals/case-repository.ts";
import { loadManifest } from "../../evals/manifest.ts";
import { UserError } from "../../src/domain/errors.ts";
import { tempFolder } from "../builders-git.ts";
import { cloneAt } from "./clone.ts";

const folder = tempFolder("eval-manifest");
afterAll(folder.remove);
const mirror = join(folder.path, "mirror");
const nested = cloneAt(join(mirror, "acme+parts", "repo"));
cloneAt(join(mirror, "acme+flat"));

/** One entry of the layout, with fields that only its makers need. */
const entry = {
  id: "parts-limit",
  source: "mined",
  repo: "acme/parts",
  base_sha: nested.base,
  head_sha: nested.head,
  date: "2026-05-04",
  title: "Limit the list",
  description: "At most ten.",
  language: "go",
  exclude: ["test/"],
  context_needed: "diff",
  clean: false,
  golden: [
    {
      file: "list.go",
      line: 2,
      severity: "suggestion",
      category: "performance",
      defect: "The limit is applied after everything was read.",
      fix_sha: "0".repeat(40),
      anchor: "limit",
      context: "diff",
      alt_locations: [{ file: "list.go", line: 1 }],
    },
  ],
  also_valid: ["no test"],
};

function manifest(value: unknown): string {
  mkdirSync(folder.path, { recursive: true });
  const path = join(folder.path, "manifest.json");
  writeFileSync(path, JSON.stringify(value));
  return path;
}

test("reads the layout: category is the pass, language the stack, clones beside each other", () => {
  const [one, flat] = loadManifest(manifest([entry, { ...entry, id: "flat", repo: "acme/flat" }]), mirror);

  expect(one).toMatchObject({
    id: "parts-limit",
    stack: "go",
    golden: [
      { pass: "performance", side: "head", alternatives: [{ file: "list.go", side: "head", line: 1 }] },
    ],
    origin: { kind: "repository", gitDirectory: join(mirror, "acme+parts", "repo"), base: nested.base },
  });
  expect(flat?.origin).toMatchObject({ gitDirectory: join(mirror, "acme+flat") });
});

test("its diff comes from the clone, which is left alone", async () => {
  const [one] = loadManifest(manifest([entry]), mirror);
  if (one === undefined) throw new Error("there is one case");

  const repository = await openCaseRepository(one);

  expect(repository).toMatchObject({ directory: join(mirror, "acme+parts", "repo"), head: nested.head });
  expect(await repository.diff()).toContain("+limit := 10");
  await repository.remove();
  expect(await repository.diff()).toContain("+limit := 10");
});

test.each([
  [
    "a field of another type",
    [{ ...entry, golden: [{ ...entry.golden[0], category: "style" }] }],
    /category/,
  ],
  ["a short commit id", [{ ...entry, head_sha: "abc" }], /head_sha/],
  ["a path for a repository", [{ ...entry, repo: "../../etc" }], /repo/],
  ["a repository that is not there", [{ ...entry, repo: "acme/gone" }], /no clone of acme\/gone/],
])("refuses %s", (_, value, message) => {
  const path = manifest(value);

  expect(() => loadManifest(path, mirror)).toThrow(UserError);
  expect(() => loadManifest(path, mirror)).toThrow(message);
});

/** Cases that are commits of real repositories: a manifest names them, and bare clones stand beside each other. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { messageOf, UserError } from "../src/domain/errors.ts";
import { PASSES, SEVERITIES } from "../src/domain/pass.ts";
import { CONTEXTS, type EvalCase } from "./case-library.ts";

const sha = z.string().regex(/^[0-9a-f]{40}$/);
const placeSchema = z.object({ file: z.string(), line: z.int().positive() });

/** Tolerant: such a manifest also says where a case was found and who fixed the defect. */
const manifestSchema = z.array(
  z.object({
    id: z.string().min(1),
    repo: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
    base_sha: sha,
    head_sha: sha,
    title: z.string(),
    description: z.string(),
    language: z.string(),
    clean: z.boolean(),
    golden: z.array(
      placeSchema.extend({
        anchor: z.string().default(""),
        category: z.enum(PASSES),
        severity: z.enum(SEVERITIES),
        defect: z.string(),
        context: z.enum(CONTEXTS).catch("diff"),
        alt_locations: z.array(placeSchema).default([]),
      }),
    ),
    also_valid: z.array(z.string()).default([]),
  }),
);
type ManifestCase = z.infer<typeof manifestSchema>[number];

/** @throws UserError when the manifest is malformed or a repository is not there. */
export function loadManifest(file: string, repositories: string): readonly EvalCase[] {
  const checked = manifestSchema.safeParse(readJson(file));
  if (!checked.success) throw new UserError(`${file}: ${z.prettifyError(checked.error)}`);
  return checked.data.map((one) => toCase(one, gitDirectoryOf(repositories, one.repo)));
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`--manifest cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** `owner+name/repo`, as the mirror lays them out, or `owner+name`; bare, or a work tree. */
function gitDirectoryOf(repositories: string, repo: string): string {
  const folder = join(repositories, repo.replace("/", "+"));
  const found = [join(folder, "repo"), folder].find(
    (path) => existsSync(join(path, "HEAD")) || existsSync(join(path, ".git")),
  );
  if (found === undefined) throw new UserError(`--repositories: there is no clone of ${repo} in ${folder}`);
  return found;
}

function toCase(one: ManifestCase, gitDirectory: string): EvalCase {
  return {
    id: one.id,
    title: one.title,
    description: one.description,
    stack: one.language,
    covers: [],
    clean: one.clean,
    golden: one.golden.map(({ category, alt_locations, ...golden }) => ({
      ...golden,
      side: "head",
      pass: category,
      see: [],
      alternatives: alt_locations.map((place) => ({ ...place, side: "head" })),
    })),
    alsoValid: one.also_valid,
    origin: { kind: "repository", gitDirectory, base: one.base_sha, head: one.head_sha },
  };
}

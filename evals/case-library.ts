/** The cases of an evaluation: what a folder `evals/cases/<id>` or a manifest says, checked once and in one form. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { messageOf, UserError } from "../src/domain/errors.ts";
import { PASSES, type Pass, SEVERITIES, type Severity } from "../src/domain/pass.ts";
import { COVERED, STACKS } from "./coverage-list.ts";

export const OWN_CASES = fileURLToPath(new URL("./cases/", import.meta.url));

const SIDES = ["head", "base"] as const;
/** What a reviewer must have read to see the defect: the hunks, the rest of the file, or another file. */
export const CONTEXTS = ["diff", "file", "cross-file"] as const;

const placeSchema = z.strictObject({
  file: z.string().min(1),
  side: z.enum(SIDES).default("head"),
  line: z.int().positive(),
});

const goldenSchema = placeSchema.extend({
  anchor: z
    .string()
    .min(1)
    .describe("Text of that line: tells when a case was edited and the number was not"),
  pass: z.enum(PASSES),
  severity: z.enum(SEVERITIES),
  defect: z.string().min(40),
  context: z.enum(CONTEXTS),
  see: z.array(z.string()).default([]).describe("Files that prove the defect, beyond the golden's own"),
  alt_locations: z.array(placeSchema).default([]),
});

const caseSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  title: z.string().min(10),
  description: z.string().min(20),
  stack: z.enum(STACKS),
  covers: z.array(z.enum(COVERED)),
  clean: z.boolean(),
  golden: z.array(goldenSchema),
  also_valid: z.array(z.string()).default([]),
});
type CaseFile = z.infer<typeof caseSchema>;

export interface Place {
  readonly file: string;
  readonly side: (typeof SIDES)[number];
  readonly line: number;
}

export interface Golden extends Place {
  readonly anchor: string;
  readonly pass: Pass;
  readonly severity: Severity;
  readonly defect: string;
  readonly context: (typeof CONTEXTS)[number];
  readonly see: readonly string[];
  readonly alternatives: readonly Place[];
}

/** Where the two trees come from. */
export type Origin =
  /** `base/` is a tree, `change.patch` turns it into the head. */
  | { readonly kind: "folder"; readonly directory: string }
  | {
      readonly kind: "repository";
      readonly gitDirectory: string;
      readonly base: string;
      readonly head: string;
    };

export interface EvalCase {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly stack: string;
  readonly covers: readonly string[];
  readonly clean: boolean;
  readonly golden: readonly Golden[];
  readonly alsoValid: readonly string[];
  readonly origin: Origin;
}

/** All cases of a folder, by id. @throws UserError naming the case and what is wrong with it. */
export function loadCases(folder: string): readonly EvalCase[] {
  const ids = namesOf(folder);
  if (ids.length === 0) throw new UserError(`${folder} holds no case: each is a folder with a case.json`);
  return ids.map((id) => readCase(join(folder, id), id));
}

function namesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .toSorted();
  } catch (error) {
    throw new UserError(`the cases cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function readCase(directory: string, id: string): EvalCase {
  const file = parseCase(readCaseFile(directory), `${id}/case.json`);
  if (file.id !== id) throw new UserError(`${id}/case.json: its id is ${file.id}, but its folder is ${id}`);
  return toCase(file, { kind: "folder", directory });
}

function readCaseFile(directory: string): unknown {
  const path = join(directory, "case.json");
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UserError(`${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** @throws UserError naming `where` and the field. */
function parseCase(value: unknown, where: string): CaseFile {
  const checked = caseSchema.safeParse(value);
  if (!checked.success) throw new UserError(`${where}: ${z.prettifyError(checked.error)}`);
  if (checked.data.clean !== (checked.data.golden.length === 0))
    throw new UserError(`${where}: a case is clean exactly when it has no golden`);
  return checked.data;
}

function toCase(file: CaseFile, origin: Origin): EvalCase {
  const { also_valid, golden, ...rest } = file;
  return {
    ...rest,
    alsoValid: also_valid,
    golden: golden.map(({ alt_locations, ...one }) => ({ ...one, alternatives: alt_locations })),
    origin,
  };
}

/** Keeps the order of the library. @throws UserError for an id that does not exist. */
export function only(cases: readonly EvalCase[], ids: readonly string[]): readonly EvalCase[] {
  if (ids.length === 0) return cases;
  const unknown = ids.find((id) => !cases.some((one) => one.id === id));
  if (unknown !== undefined) throw new UserError(`--only: there is no case ${unknown}`);
  return cases.filter((one) => ids.includes(one.id));
}

/** The files of `prompts/`, checked: front matter, placeholders, one file per pass. */
import { createHash } from "node:crypto";
import picomatch from "picomatch";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { PASSES, type Pass } from "./pass.ts";

export interface Template {
  readonly text: string;
  readonly inputs: readonly string[];
}

/** Advice that enters a review only where a changed file calls for it. */
export interface Guide {
  readonly kind: "stack" | "domain";
  readonly title: string;
  readonly files: readonly string[];
  readonly text: string;
}

export interface PromptLibrary {
  readonly preamble: Template;
  readonly passes: Readonly<Record<Pass, Template>>;
  readonly titles: Readonly<Record<Pass, string>>;
  /** All passes in one question. */
  readonly lenses: Template;
  readonly verify: Template;
  readonly duplicates: Template;
  readonly summary: Template;
  readonly guides: readonly Guide[];
  /** First 12 hex digits of the SHA-256 over all files: tells in a log which words were used. */
  readonly digest: string;
}

/** A prompt file as read from disk. */
export interface PromptFile {
  readonly name: string;
  readonly content: string;
}

export class PromptFault extends Error {
  override name = "PromptFault";
}

const common = { version: z.int().positive(), inputs: z.array(z.string()) };
const frontMatter = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("preamble"), ...common }),
  z.strictObject({ kind: z.literal("pass"), pass: z.enum(PASSES), title: z.string(), ...common }),
  z.strictObject({ kind: z.literal("lenses"), ...common }),
  z.strictObject({ kind: z.literal("verify"), ...common }),
  z.strictObject({ kind: z.literal("duplicates"), ...common }),
  z.strictObject({ kind: z.literal("summary"), ...common }),
  z.strictObject({
    kind: z.literal("stack"),
    title: z.string(),
    files: z.array(z.string()).min(1),
    ...common,
  }),
  z.strictObject({
    kind: z.literal("domain"),
    title: z.string(),
    files: z.array(z.string()).min(1),
    ...common,
  }),
]);
type ParsedPrompt = z.infer<typeof frontMatter> & { readonly name: string; readonly text: string };

const PLACEHOLDER = /\{\{(\w+)\}\}/g;

/** What each kind of prompt is given when it is filled in; a file must declare exactly these. */
const INPUTS: Readonly<Record<ParsedPrompt["kind"], readonly string[]>> = {
  preamble: [],
  pass: ["already_reported"],
  lenses: ["lenses", "already_reported"],
  verify: ["claims", "code"],
  duplicates: ["findings"],
  summary: ["findings", "coverage"],
  stack: [],
  domain: [],
};

/** @throws PromptFault naming the file and what is wrong with it; the start ends there. */
export function parsePromptLibrary(files: readonly PromptFile[]): PromptLibrary {
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const prompts = sorted.map(parsePrompt);
  const passes = PASSES.map((pass) =>
    only(prompts, `pass: ${pass}`, (prompt) => prompt.kind === "pass" && prompt.pass === pass),
  );
  const hash = createHash("sha256");
  for (const file of sorted) hash.update(`${file.name}\0${file.content}\0`);
  return {
    preamble: only(prompts, "kind: preamble", (prompt) => prompt.kind === "preamble"),
    passes: byPass(passes.map((prompt): Template => ({ text: prompt.text, inputs: prompt.inputs }))),
    titles: byPass(passes.map((prompt) => (prompt.kind === "pass" ? prompt.title : prompt.name))),
    lenses: only(prompts, "kind: lenses", (prompt) => prompt.kind === "lenses"),
    verify: only(prompts, "kind: verify", (prompt) => prompt.kind === "verify"),
    duplicates: only(prompts, "kind: duplicates", (prompt) => prompt.kind === "duplicates"),
    summary: only(prompts, "kind: summary", (prompt) => prompt.kind === "summary"),
    guides: prompts.flatMap((prompt) =>
      prompt.kind === "stack" || prompt.kind === "domain"
        ? [{ kind: prompt.kind, title: prompt.title, files: prompt.files, text: prompt.text }]
        : [],
    ),
    digest: hash.digest("hex").slice(0, 12),
  };
}

function byPass<T>(values: readonly T[]): Readonly<Record<Pass, T>> {
  // One value a pass in PASSES order, which is what the callers map over.
  return Object.fromEntries(PASSES.map((pass, at) => [pass, values[at]])) as Record<Pass, T>;
}

function parsePrompt(file: PromptFile): ParsedPrompt {
  const parts = /^---\n(?<head>[\s\S]*?)\n---\n(?<text>[\s\S]*)$/.exec(file.content.replaceAll("\r\n", "\n"));
  if (!parts?.groups) throw new PromptFault(`${file.name}: it has no front matter between two lines of ---`);
  const head = frontMatter.safeParse(parseYaml(parts.groups["head"] ?? ""));
  if (!head.success) throw new PromptFault(`${file.name}: ${z.prettifyError(head.error)}`);
  const text = (parts.groups["text"] ?? "").trim();
  const used = [...new Set([...text.matchAll(PLACEHOLDER)].map((match) => match[1] ?? ""))].toSorted();
  const wanted = INPUTS[head.data.kind].toSorted();
  for (const [what, names] of [
    ["declares", head.data.inputs.toSorted()],
    ["uses", used],
  ] as const) {
    if (names.join() !== wanted.join()) {
      throw new PromptFault(
        `${file.name}: a ${head.data.kind} is given [${wanted.join(", ")}], but it ${what} [${names.join(", ")}]`,
      );
    }
  }
  return { ...head.data, name: file.name, text };
}

function only(
  prompts: readonly ParsedPrompt[],
  what: string,
  matches: (prompt: ParsedPrompt) => boolean,
): ParsedPrompt {
  const [prompt, ...others] = prompts.filter(matches);
  if (prompt === undefined) throw new PromptFault(`prompts: there is no file with ${what}`);
  if (others.length > 0)
    throw new PromptFault(
      `prompts: ${[prompt, ...others].map((one) => one.name).join(" and ")} both have ${what}`,
    );
  return prompt;
}

/** Replaces every `{{name}}`. A value that is missing is an error, never an empty string. */
export function fillTemplate(template: Template, values: Readonly<Record<string, string>>): string {
  return template.text.replace(PLACEHOLDER, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new PromptFault(`no value for {{${name}}}`);
    return value;
  });
}

export function guidesFor(library: PromptLibrary, paths: readonly string[]): readonly Guide[] {
  return library.guides.filter((guide) => {
    const matches = picomatch([...guide.files], { dot: true, nocase: true });
    return paths.some((path) => matches(path));
  });
}

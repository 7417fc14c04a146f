/** What the model may look up in the repository: four read-only questions, and how its words become one of them. */
import { z } from "zod";
import { MAX_SHOWN_LINE_CHARACTERS, shownText } from "./chunk.ts";

/** A question as the model asked it: `input` is whatever it wrote. */
export interface LookupCall {
  readonly id: string;
  readonly tool: string;
  readonly input: unknown;
}

/** The answer, as the model will read it. */
export interface LookupResult {
  readonly id: string;
  readonly text: string;
}

/** One round: what the model said, word for word as its service wants it back, and our answers. */
export interface LookupTurn {
  readonly reply: unknown;
  readonly results: readonly LookupResult[];
}

export type Lookup =
  | {
      readonly kind: "read_file";
      readonly path: string;
      readonly start_line: number;
      readonly end_line: number;
    }
  | { readonly kind: "find_definition" | "find_references"; readonly name: string }
  | { readonly kind: "search_text"; readonly text: string };

/** What a tool is called and takes, in words for the model; the schema holds its reply to it. */
export interface LookupTool {
  readonly name: Lookup["kind"];
  readonly description: string;
  readonly input: z.ZodObject;
}

export const LOOKUP_TOOLS: readonly LookupTool[] = [
  {
    name: "read_file",
    description:
      "Lines of one file of the repository at the head commit, numbered. Ask only for what decides a finding.",
    input: z.object({
      path: z.string().describe("Path from the root of the repository"),
      start_line: z.int().describe("First line, from 1"),
      end_line: z.int().describe("Last line; at most 400 lines are shown"),
    }),
  },
  {
    name: "find_definition",
    description: "Where functions, classes, types and constants of this name are defined, with their code.",
    input: z.object({ name: z.string().describe("The bare name, without receiver and parentheses") }),
  },
  {
    name: "find_references",
    description: "Lines of the repository that mention this name as a whole word, with path and line number.",
    input: z.object({ name: z.string().describe("The bare name") }),
  },
  {
    name: "search_text",
    description: "Lines of the repository that contain this text literally. No patterns, case matters.",
    input: z.object({ text: z.string().describe("3 to 200 characters of one line") }),
  },
];

const MAX_READ_LINES = 400;
const MAX_NAME_CHARACTERS = 200;

/** The question, or why it is none, in words for the model. */
export function parseLookup(
  call: LookupCall,
): Lookup | { readonly kind: "refused"; readonly reason: string } {
  const tool = LOOKUP_TOOLS.find(({ name }) => name === call.tool);
  if (tool === undefined) return refused(`there is no tool "${call.tool.slice(0, 40)}"`);
  const input = tool.input.safeParse(call.input);
  if (!input.success) return refused(z.prettifyError(input.error).slice(0, 300));
  // The schema of this very tool has just been checked, so its fields are these.
  return bounded({ kind: tool.name, ...input.data } as Lookup);
}

function bounded(lookup: Lookup): ReturnType<typeof parseLookup> {
  switch (lookup.kind) {
    case "read_file": {
      const fault = pathFault(lookup.path);
      if (fault !== null) return refused(fault);
      const first = Math.max(1, Math.min(lookup.start_line, lookup.end_line));
      const last = Math.max(first, Math.max(lookup.start_line, lookup.end_line));
      return { ...lookup, start_line: first, end_line: Math.min(last, first + MAX_READ_LINES - 1) };
    }
    case "find_definition":
    case "find_references":
      return isWord(lookup.name) ? lookup : refused("a name is one word of at most 200 characters");
    case "search_text":
      return isSearchable(lookup.text) ? lookup : refused("the text must be 3 to 200 characters of one line");
  }
}

function refused(reason: string): { readonly kind: "refused"; readonly reason: string } {
  return { kind: "refused", reason };
}

/** Only paths within the repository at head can be asked for; everything else is not even looked at. */
export function pathFault(path: string): string | null {
  if (path.startsWith("/") || /^[A-Za-z]:[\\/]|^[a-z]+:\/\/|^~|^\\\\/.test(path))
    return "only paths within this repository can be read, from its root";
  if (path.split(/[\\/]/).includes("..")) return "a path may not contain ..";
  return path === "" || path.includes("\0") ? "the path is empty or not a path" : null;
}

function isWord(name: string): boolean {
  return name.length <= MAX_NAME_CHARACTERS && /^[\p{L}\p{N}_$]+$/u.test(name);
}

function isSearchable(text: string): boolean {
  return text.trim().length >= 3 && text.length <= MAX_NAME_CHARACTERS && !/[\r\n]/.test(text);
}

/** Lines as the model sees those of a diff, with their numbers. `first` is the number of the first one. */
export function numberedLines(lines: readonly string[], first: number): string {
  return lines.map((line, at) => `${String(first + at).padStart(6)} |  ${shownText(line)}`).join("\n");
}

/** A match within a very long line is shown by its beginning. */
export const MAX_SHOWN_MATCH_CHARACTERS = Math.min(300, MAX_SHOWN_LINE_CHARACTERS);

/** What a check is given, made from texts. */
import type { FileDiff } from "../../src/domain/diff.ts";
import type { ChangedFile, CheckInput } from "../../src/review/checks.ts";
import type { RepositoryView } from "../../src/review/repository-view.ts";
import { aDiff, aNewFile } from "../builders.ts";

const EMPTY_VIEW: RepositoryView = {
  files: [],
  treeMissing: null,
  readHead: async () => new Map(),
  readBase: async () => new Map(),
  scan: async function* () {},
  close: async () => {},
};

/** A file that the change adds. */
export function anAddedFile(path: string, text: string): ChangedFile {
  return { diff: aNewFile(path, text.split("\n")), base: null, head: text };
}

/** A file of which the change adds some lines: those that begin with `+`; the others were there. */
export function anEditedFile(path: string, marked: readonly string[]): ChangedFile {
  const base = marked.filter((line) => !line.startsWith("+"));
  const head = marked.map((line) => line.replace(/^\+/, ""));
  const body = marked.map((line) => (line.startsWith("+") ? line : ` ${line}`)).join("\n");
  const diff: FileDiff = aDiff(`@@ -1,${base.length} +1,${head.length} @@\n${body}`, { path });
  return { diff, base: base.join("\n"), head: head.join("\n") };
}

export function aCheckInput(files: readonly ChangedFile[], over: Partial<CheckInput> = {}): CheckInput {
  return { files, view: EMPTY_VIEW, signal: new AbortController().signal, ...over };
}

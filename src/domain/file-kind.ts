/**
 * Which changed files have nothing for a reviewer to read.
 *
 * Whoever opens a pull request chooses its names and its texts, so not every sign counts the same:
 *
 * 1. `.gitattributes` at base is the word of the maintainers: it hides a file and it brings one back.
 * 2. A name by a tool's own convention (`*.pb.go`, `package-lock.json`) hides a file, and the review says so.
 * 3. A header "generated, do not edit" hides a file only where it stood at base as well, or where the file is new and
 *    its name is a usual one for generated code. Else anybody could write that line over code that nobody shall read.
 *
 * See docs/adr/0025.
 */
import type { FileDiff } from "./diff.ts";
import { hasGeneratedHeader } from "./generated-header.ts";
import { type LinguistMarks, NO_MARKS } from "./git-attributes.ts";
import { kindOfPath, type PathKind } from "./path-kinds.ts";
import { isLfsPointer, isMinified } from "./text-shape.ts";

/** What is known about a changed file beside its diff. */
export interface FileFacts {
  readonly marks: LinguistMarks;
  /** The file's kind in the tree at head (at base where it was removed); `unknown` where the door does not tell. */
  readonly entry: "file" | "symlink" | "submodule" | "unknown";
  /** The beginning of the text is enough; null where there is none or nobody read it. */
  readonly headText: string | null;
  readonly baseText: string | null;
}

export const NO_FACTS: FileFacts = { marks: NO_MARKS, entry: "unknown", headText: null, baseText: null };

/** By path at head; a path without an entry has no facts. */
export type FactsByPath = ReadonlyMap<string, FileFacts>;

/** Why this file needs no review by its nature, or null when it does. */
export function natureOf(file: FileDiff, facts: FileFacts): string | null {
  if (facts.entry === "symlink") return "symbolic link";
  if (facts.entry === "submodule") return "submodule pointer";
  if (file.patch.kind === "none" && isEmptyByNature(file.patch.reason)) return file.patch.detail;
  if (isLfsPointer(file)) return "pointer to a file in Git LFS";
  return markedKind(facts.marks) ?? unlessDenied(kindOfPath(file.path), file, facts) ?? shapeOf(file, facts);
}

function isEmptyByNature(reason: Extract<FileDiff["patch"], { kind: "none" }>["reason"]): boolean {
  return reason !== "too-large" && reason !== "unusable";
}

function markedKind(marks: LinguistMarks): string | null {
  if (marks.generated === "set") return "generated code (linguist-generated in .gitattributes)";
  if (marks.vendored === "set") return "vendored code (linguist-vendored in .gitattributes)";
  return null;
}

/** A lock file stays one whatever its attributes say; generated and vendored are what the maintainers can deny. */
function unlessDenied(kind: PathKind | null, file: FileDiff, facts: FileFacts): string | null {
  switch (kind) {
    case "generated code":
      return facts.marks.generated === "unset" ? null : kind;
    case "vendored code":
      return facts.marks.vendored === "unset" ? null : kind;
    case "likely generated":
    case null:
      return isHeaderBelieved(kind, file, facts) ? "generated code (by its header)" : null;
    case "lock file":
    case "build output":
    case "test snapshot":
      return kind;
  }
}

function isHeaderBelieved(kind: "likely generated" | null, file: FileDiff, facts: FileFacts): boolean {
  if (facts.marks.generated === "unset") return false;
  const atBase = facts.baseText !== null && hasGeneratedHeader(facts.baseText);
  if (file.status === "removed") return atBase;
  const head = facts.headText ?? textOfNewFile(file);
  if (head === null || !hasGeneratedHeader(head)) return false;
  return atBase || (file.status === "added" && kind === "likely generated");
}

/** More is never looked at. */
const HEADER_LINES = 20;

/** A new file stands in its own patch. */
function textOfNewFile(file: FileDiff): string | null {
  if (file.status !== "added" || file.patch.kind !== "hunks") return null;
  const [hunk] = file.patch.hunks;
  const lines = (hunk?.lines ?? []).slice(0, HEADER_LINES);
  return lines.map((line) => line.text).join("\n");
}

function shapeOf(file: FileDiff, facts: FileFacts): string | null {
  return facts.marks.generated !== "unset" && isMinified(file) ? "minified code" : null;
}

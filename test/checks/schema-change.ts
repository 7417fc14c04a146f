/** Changes as the checks get them, from whole texts before and after, and a repository around them. */
import { structuredPatch } from "diff";
import type { Check } from "../../src/checks/check.ts";
import { createParserThread } from "../../src/checks/parser-thread.ts";
import { parsePatch } from "../../src/domain/diff.ts";
import type { FileContent } from "../../src/domain/pull-request.ts";
import type { ChangedFile, CheckInput, CheckReport } from "../../src/review/checks.ts";
import type { RepositoryView } from "../../src/review/repository-view.ts";
import { aDiff } from "../builders.ts";

/** Null stands for a file that is not there. */
export function aChange(path: string, base: string | null, head: string | null): ChangedFile {
  const text =
    base === null || head === null || head.length > LARGE ? replaced(base, head) : difference(base, head);
  let status: "added" | "removed" | "modified" = "modified";
  if (base === null) status = "added";
  if (head === null) status = "removed";
  return { diff: { ...aDiff(), path, status, patch: parsePatch(text) }, base, head };
}

/** Making a small diff of large texts takes longer than all that a check does with it. */
const LARGE = 50_000;

function replaced(base: string | null, head: string | null): string {
  const lines = (text: string | null) => (text === null ? [] : text.replace(/\n$/, "").split("\n"));
  const [gone, come] = [lines(base), lines(head)];
  const marked = [...gone.map((line) => `-${line}`), ...come.map((line) => `+${line}`)];
  const start = (count: number) => Math.min(1, count);
  return `@@ -${start(gone.length)},${gone.length} +${start(come.length)},${come.length} @@\n${marked.join("\n")}`;
}

function difference(base: string, head: string): string {
  const { hunks } = structuredPatch("a", "b", base, head, "", "", { context: 3 });
  return hunks
    .map((hunk) =>
      [
        `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
        ...hunk.lines.filter((line) => !line.startsWith("\\")),
      ].join("\n"),
    )
    .join("\n");
}

/** The repository at head: the changed files and what else there is. */
export function aView(
  files: Readonly<Record<string, string>>,
  treeMissing: string | null = null,
): RepositoryView {
  const read = async (paths: readonly string[]): Promise<ReadonlyMap<string, FileContent>> =>
    new Map(
      paths.map((path): [string, FileContent] => {
        const text = files[path];
        return [path, text === undefined ? { kind: "absent" } : { kind: "text", text }];
      }),
    );
  return {
    files: Object.entries(files)
      .map(([path, text]) => ({ path, bytes: text.length }))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    treeMissing,
    readHead: read,
    readBase: read,
    scan: async function* (paths) {
      for (const path of paths) {
        const text = files[path];
        if (text !== undefined) yield { path, text };
      }
    },
    close: async () => undefined,
  };
}

export interface World {
  readonly files: readonly ChangedFile[];
  /** Files of the repository that the change leaves alone. */
  readonly others?: Readonly<Record<string, string>>;
}

export function anInput({ files, others = {} }: World): CheckInput {
  const heads = files.flatMap(({ diff, head }) => (head === null ? [] : [[diff.path, head] as const]));
  return {
    files,
    view: aView({ ...others, ...Object.fromEntries(heads) }),
    signal: new AbortController().signal,
  };
}

export async function runCheck(check: Check, world: World): Promise<CheckReport> {
  const files = world.files.filter((file) => check.concerns(file.diff.path));
  return check.run(anInput({ ...world, files }));
}

/** One for a test file, patient: tests run on machines of any speed. */
export const patientThread = createParserThread({ textMs: 30_000, sessionMs: 60_000 });

/** "rule @line", in the order of the file. */
export function told(report: CheckReport): readonly string[] {
  return report.findings
    .toSorted((a, b) => a.line - b.line)
    .map((finding) => `${finding.rule} @${finding.side === "LEFT" ? "L" : ""}${finding.line}`);
}

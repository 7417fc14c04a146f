/** All built-in checks side by side: each with an end in time, and none able to take the others down. */
import type { Finding } from "../domain/finding.ts";
import { compareSeverity } from "../domain/pass.ts";
import type { ChangedFile, CheckInput, CheckReport, CheckSkip, Checks } from "../review/checks.ts";
import type { Check } from "./check.ts";

/** For one check over the whole change: a review waits for the slowest. */
export const CHECK_DEADLINE_MS = 3_000;
/** Source that people write is far smaller; parsers take seconds and gigabytes for more. */
export const MAX_FILE_BYTES = 1024 * 1024;

export function builtInChecks(checks: readonly Check[]): Checks {
  return {
    run: async (input) => {
      const reports = await Promise.all(checks.map((check) => runOne(check, input)));
      input.signal.throwIfAborted();
      return {
        findings: reports.flatMap((report) => report.findings).toSorted(byPlace),
        skips: reports.flatMap((report) => report.skips).toSorted(bySkip),
        erDiagram: reports.map((report) => report.erDiagram).find((diagram) => diagram !== null) ?? null,
      };
    },
  };
}

async function runOne(check: Check, input: CheckInput): Promise<CheckReport> {
  const concerned = input.files.filter((file) => check.concerns(file.diff.path));
  const files = concerned.filter((file) => !isTooLarge(file));
  const skips = concerned
    .filter(isTooLarge)
    .map((file): CheckSkip => ({ check: check.name, path: file.diff.path, reason: "larger than 1 MiB" }));
  if (files.length === 0) return { findings: [], skips, erDiagram: null };
  const report = await withinDeadline(check, { ...input, files });
  return { ...report, skips: [...skips, ...report.skips] };
}

function isTooLarge(file: ChangedFile): boolean {
  return [file.base, file.head].some((text) => text !== null && Buffer.byteLength(text) > MAX_FILE_BYTES);
}

async function withinDeadline(check: Check, input: CheckInput): Promise<CheckReport> {
  const late = new AbortController();
  const signal = AbortSignal.any([input.signal, late.signal]);
  const timer = setTimeout(() => late.abort(), CHECK_DEADLINE_MS);
  try {
    return await Promise.race([check.run({ ...input, signal }), rejectOnAbort(signal)]);
  } catch (error) {
    input.signal.throwIfAborted();
    const reason = late.signal.aborted
      ? `it took longer than ${CHECK_DEADLINE_MS / 1000} s`
      : `it failed: ${error instanceof Error ? error.message : String(error)}`;
    return { findings: [], skips: [{ check: check.name, path: null, reason }], erDiagram: null };
  } finally {
    clearTimeout(timer);
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function byPlace(a: Finding, b: Finding): number {
  return (
    compareText(a.path, b.path) ||
    a.startLine - b.startLine ||
    a.line - b.line ||
    compareSeverity(a.severity, b.severity) ||
    compareText(a.rule ?? "", b.rule ?? "")
  );
}

function bySkip(a: CheckSkip, b: CheckSkip): number {
  return compareText(a.path ?? "", b.path ?? "") || compareText(a.check, b.check);
}

/** By code units: the same order on every machine. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

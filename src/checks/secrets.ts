/** Secrets on added lines. Their value is never shown: not in the finding, not in what is quoted. */
import { setImmediate as yieldToOthers } from "node:timers/promises";
import { NO_FACTS, natureOf } from "../domain/file-kind.ts";
import type { Finding } from "../domain/finding.ts";
import type { ChangedFile, CheckReport, CheckSkip } from "../review/checks.ts";
import { type AddedLine, addedLines, hiddenPatch } from "./changed-lines.ts";
import { type Check, checkFinding } from "./check.ts";
import { type SecretPlace, searchSecrets } from "./secret-search.ts";
import { isDocumentPath, isTestPath } from "./test-path.ts";

const NAME = "secrets";
/** Lines that people write are shorter; the rest is data or packed code. */
const MAX_LINE_CHARACTERS = 20_000;
/** A file with more is a dump, and one sentence about it is enough. */
const MAX_FINDINGS_PER_FILE = 10;
const MASK = "[secret]";

export function secretsCheck(): Check {
  return {
    name: NAME,
    concerns: () => true,
    run: async ({ files, signal }) => {
      const reports: CheckReport[] = [];
      for (const file of files) {
        // Between files the thread is free for requests.
        await yieldToOthers();
        signal.throwIfAborted();
        reports.push(await searchFile(file));
      }
      return {
        findings: reports.flatMap((report) => report.findings),
        skips: reports.flatMap((report) => report.skips),
        erDiagram: null,
      };
    },
  };
}

async function searchFile({ diff }: ChangedFile): Promise<CheckReport> {
  const skips: CheckSkip[] = [];
  const skip = (reason: string) => skips.push({ check: NAME, path: diff.path, reason });
  const hidden = hiddenPatch(diff);
  if (hidden !== null) skip(hidden);
  const lines = addedLines(diff);
  const short = lines.filter(({ text }) => text.length <= MAX_LINE_CHARACTERS);
  if (short.length < lines.length)
    skip(`it has lines of more than ${MAX_LINE_CHARACTERS.toLocaleString("en")} characters`);
  const text = short.map((line) => line.text).join("\n");
  const places = (await searchSecrets(diff.path, text)).filter((place) =>
    isToldAbout(place, diff.path, diff),
  );
  const findings = findingsOf(diff.path, short, text, places);
  if (findings.length > MAX_FINDINGS_PER_FILE)
    skip(`it holds ${findings.length} secrets, of which ${MAX_FINDINGS_PER_FILE} are listed`);
  return { findings: findings.slice(0, MAX_FINDINGS_PER_FILE), skips, erDiagram: null };
}

/** What has no look of its own is a sample more often than not in tests, documents and lock files. */
function isToldAbout(place: SecretPlace, path: string, diff: ChangedFile["diff"]): boolean {
  return place.known === "service" || !(isSample(path) || natureOf(diff, NO_FACTS) !== null);
}

function isSample(path: string): boolean {
  return isTestPath(path) || isDocumentPath(path);
}

/** One for each line and kind, on the line where the value begins. */
function findingsOf(
  path: string,
  lines: readonly AddedLine[],
  text: string,
  places: readonly SecretPlace[],
): readonly Finding[] {
  const masked = maskedLines(text, places);
  const seen = new Set<string>();
  return places.flatMap((place) => {
    const at = lineIndex(text, place.start);
    const line = lines[at];
    const key = `${at} ${place.rule}`;
    if (line === undefined || seen.has(key)) return [];
    seen.add(key);
    return [findingOf(path, line.line, masked[at] ?? MASK, place)];
  });
}

function lineIndex(text: string, offset: number): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

/** The same lines with every value replaced; one that goes over several lines is replaced on each. */
function maskedLines(text: string, places: readonly SecretPlace[]): readonly string[] {
  let masked = "";
  let end = 0;
  for (const place of places) {
    const breaks = text.slice(place.start, place.end).replace(/[^\n]+/g, MASK);
    masked += text.slice(end, place.start) + breaks;
    end = place.end;
  }
  return (masked + text.slice(end)).split("\n");
}

function findingOf(path: string, line: number, evidence: string, place: SecretPlace): Finding {
  const sample = isSample(path);
  return checkFinding({
    rule: place.rule,
    pass: "security",
    severity: sample ? "suggestion" : "critical",
    path,
    side: "RIGHT",
    startLine: line,
    line,
    title: `This line holds ${place.title}`,
    why: sample
      ? "It has the form of a real one. If it is, everyone who can read the repository or a copy of it can use it, and it stays in the history when the line is deleted."
      : "Everyone who can read the repository or a copy of it can use it, now and later: it stays in the history when the line is deleted.",
    fix: sample
      ? "If it is real, revoke it now. Else write a value that nobody takes for one, such as `example-token`."
      : "Revoke it at the service that issued it, put the new one into the environment or a secret store, and read it from there.",
    evidence,
  });
}

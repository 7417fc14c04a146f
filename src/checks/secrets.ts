/** Secrets on added lines. Their value is never shown: not in the finding, not in what is quoted. */
import { setImmediate as yieldToOthers } from "node:timers/promises";
import type { FileDiff } from "../domain/diff.ts";
import { NO_FACTS, natureOf } from "../domain/file-kind.ts";
import type { Finding } from "../domain/finding.ts";
import type { CheckSkip } from "../review/checks.ts";
import { type AddedLine, addedLines, hiddenPatch } from "./changed-lines.ts";
import { type Check, checkFinding, SECRET_MASK } from "./check.ts";
import { type SecretPlace, searchSecrets } from "./secret-search.ts";
import { isDocumentPath, isTestPath } from "./test-path.ts";

const NAME = "secrets";
/** Lines that people write are shorter; the rest is data or packed code. */
const MAX_LINE_CHARACTERS = 20_000;
/** A file with more is a dump, and one sentence about it is enough. */
const MAX_FINDINGS_PER_FILE = 10;

/** So much is searched before the thread is free for requests again: some milliseconds. */
const BATCH_CHARACTERS = 100_000;

export function secretsCheck(): Check {
  return {
    name: NAME,
    concerns: () => true,
    run: async ({ files, signal }) => {
      const findings: Finding[] = [];
      const skips: CheckSkip[] = files.flatMap(({ diff }) => skipsOf(diff));
      for (const batch of batchesOf(files.map(({ diff }) => searchedFile(diff)))) {
        await yieldToOthers();
        signal.throwIfAborted();
        const places = await searchSecrets(batch);
        for (const [at, file] of batch.entries()) {
          const own = findingsOf(
            file,
            (places[at] ?? []).filter((place) => isToldAbout(place, file)),
          );
          findings.push(...own.slice(0, MAX_FINDINGS_PER_FILE));
          if (own.length > MAX_FINDINGS_PER_FILE) skips.push(dumpSkip(file.path, own.length));
        }
      }
      return { findings, skips, erDiagram: null };
    },
  };
}

interface SearchedFile {
  readonly diff: FileDiff;
  readonly path: string;
  readonly lines: readonly AddedLine[];
  /** Those lines as one text. */
  readonly text: string;
}

function searchedFile(diff: FileDiff): SearchedFile {
  const lines = addedLines(diff).filter(({ text }) => text.length <= MAX_LINE_CHARACTERS);
  return { diff, path: diff.path, lines, text: lines.map((line) => line.text).join("\n") };
}

function batchesOf(files: readonly SearchedFile[]): readonly (readonly SearchedFile[])[] {
  const batches: SearchedFile[][] = [];
  let room = 0;
  for (const file of files.filter(({ text }) => text !== "")) {
    const last = batches.at(-1);
    if (last !== undefined && file.text.length <= room) last.push(file);
    else {
      batches.push([file]);
      room = BATCH_CHARACTERS;
    }
    room -= file.text.length;
  }
  return batches;
}

function skipsOf(diff: FileDiff): readonly CheckSkip[] {
  const long = addedLines(diff).some(({ text }) => text.length > MAX_LINE_CHARACTERS);
  const reasons = [
    hiddenPatch(diff),
    long ? `it has lines of more than ${MAX_LINE_CHARACTERS.toLocaleString("en")} characters` : null,
  ];
  return reasons.flatMap((reason) => (reason === null ? [] : [{ check: NAME, path: diff.path, reason }]));
}

function dumpSkip(path: string, count: number): CheckSkip {
  const reason = `it holds ${count} secrets, of which ${MAX_FINDINGS_PER_FILE} are listed`;
  return { check: NAME, path, reason };
}

/** What has no look of its own is a sample more often than not in tests, documents and lock files. */
function isToldAbout(place: SecretPlace, { path, diff }: SearchedFile): boolean {
  return place.known === "service" || !(isSample(path) || natureOf(diff, NO_FACTS) !== null);
}

function isSample(path: string): boolean {
  return isTestPath(path) || isDocumentPath(path);
}

/** One for each line and kind, on the line where the value begins. */
function findingsOf({ path, lines, text }: SearchedFile, places: readonly SecretPlace[]): readonly Finding[] {
  const masked = maskedLines(text, places);
  const seen = new Set<string>();
  return places.flatMap((place) => {
    const at = lineIndex(text, place.start);
    const line = lines[at];
    const key = `${at} ${place.rule}`;
    if (line === undefined || seen.has(key)) return [];
    seen.add(key);
    return [findingOf(path, line.line, masked[at] ?? SECRET_MASK, place)];
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
    const breaks = text.slice(place.start, place.end).replace(/[^\n]+/g, SECRET_MASK);
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

/** Contracts, base against head: what a comparison finds, and how it becomes findings on changed lines. */
import type { Finding } from "../domain/finding.ts";
import type { ChangedFile, CheckInput, CheckReport, CheckSkip } from "../review/checks.ts";
import { changePlaces, nearestPlace } from "./change-places.ts";
import { type Check, quoteLines } from "./check.ts";
import type { ContractBreak } from "./contract-facts.ts";
import type { ParserAnswers, ParserSession, ParserThread } from "./parser-thread.ts";
import { type Rule, ruleFinding } from "./rule-finding.ts";

export interface ContractCheck {
  readonly name: string;
  readonly parser: Exclude<keyof ParserAnswers, "sql">;
  readonly concerns: (path: string) => boolean;
  /** Whether a text is such a contract at all: names alone do not tell. */
  readonly recognises: (text: string) => boolean;
  readonly rules: Readonly<Record<string, Rule>>;
  readonly maxBytes: number;
}

/** A contract that was rewritten breaks everywhere; the first ones tell it. */
const MAX_BREAKS_PER_FILE = 25;

export function contractCheck(check: ContractCheck, thread: ParserThread): Check {
  return {
    name: check.name,
    concerns: check.concerns,
    comparesBase: check.concerns,
    run: (input) => compareFiles(check, input, thread.session(input.signal)),
  };
}

async function compareFiles(
  check: ContractCheck,
  input: CheckInput,
  session: ParserSession,
): Promise<CheckReport> {
  const findings: Finding[] = [];
  const skips: CheckSkip[] = [];
  for (const file of input.files) {
    const skip = (reason: string): void => {
      skips.push({ check: check.name, path: file.diff.path, reason });
    };
    const texts = [file.base ?? "", file.head ?? ""];
    if (file.diff.patch.kind !== "hunks" || !texts.some(check.recognises)) continue;
    if (file.head === null) {
      skip("removed as a whole: there is nothing to compare it with");
      continue;
    }
    if (texts.some((text) => Buffer.byteLength(text) > check.maxBytes)) {
      skip(`larger than ${check.maxBytes / 1024} KiB`);
      continue;
    }
    const outcome = await session.ask(check.parser, texts);
    if (outcome.kind === "none") skip(outcome.reason);
    else if (outcome.value.kind === "refused") skip(outcome.value.reason);
    else {
      const { breaks } = outcome.value;
      findings.push(...placeBreaks(check.rules, file, breaks.slice(0, MAX_BREAKS_PER_FILE)));
      if (breaks.length > MAX_BREAKS_PER_FILE)
        skip(`only the first ${MAX_BREAKS_PER_FILE} findings are shown`);
    }
  }
  return { findings, skips, erDiagram: null };
}

function placeBreaks(
  rules: ContractCheck["rules"],
  file: ChangedFile,
  breaks: readonly ContractBreak[],
): readonly Finding[] {
  const places = changePlaces(file.diff);
  const lines = { LEFT: (file.base ?? "").split("\n"), RIGHT: (file.head ?? "").split("\n") };
  return breaks.flatMap((found) => {
    const rule = rules[found.rule];
    const place = nearestPlace(places, found);
    if (rule === undefined || place === null) return [];
    return [
      ruleFinding(found.rule, rule, {
        path: file.diff.path,
        ...place,
        subject: found.subject,
        evidence: quoteLines(lines[place.side], place.line, place.line),
        detail: "",
      }),
    ];
  });
}

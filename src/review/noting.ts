/** What a reader should know about how the review was made, in sentences: limits that were met, checks that were skipped. */
import { reviewerBait } from "../domain/reviewer-bait.ts";
import type { Afforded } from "./affording.ts";
import { MAX_LOOKUP_ROUNDS, MAX_LOOKUP_TOKENS } from "./lookup-desk.ts";
import type { PassOutcome } from "./pass-runner.ts";

/** A list of skips is for the log; a reader wants to know that there were some. */
const MAX_SKIPS = 5;

export function notesOf({ survey, note }: Afforded, outcomes: readonly PassOutcome[]): readonly string[] {
  const limited = outcomes.filter((outcome) => outcome.lookups.limited).length;
  const { treeMissing } = survey.view;
  return [
    ...(note === null ? [] : [note]),
    ...(treeMissing === null ? [] : [`Code outside of the changed files was not looked at: ${treeMissing}.`]),
    ...(limited === 0
      ? []
      : [
          `${limited} of ${outcomes.length} questions met the limit of ${MAX_LOOKUP_ROUNDS} rounds or ${MAX_LOOKUP_TOKENS.toLocaleString("en")} tokens of look-ups.`,
        ]),
    ...reviewerBait(survey.pullRequest).notes,
    ...skipNotes(survey.checked.skips),
  ];
}

function skipNotes(skips: Afforded["survey"]["checked"]["skips"]): readonly string[] {
  const shown = skips.slice(0, MAX_SKIPS).map(({ check, path, reason }) => {
    const where = path === null ? "" : ` on ${path}`;
    return `The built-in check \`${check}\`${where} was skipped: ${reason}.`;
  });
  return skips.length > MAX_SKIPS
    ? [...shown, `${skips.length - MAX_SKIPS} more checks of files were skipped.`]
    : shown;
}

/** Which webhook deliveries never arrived, as far as the list of attempts tells. */
import type { DeliveryAttempt } from "./sweep-ports.ts";

export interface MissedDelivery {
  readonly guid: string;
  /** The newest attempt, by which it is asked for again. */
  readonly attemptId: string;
}

/** The others are sent to every app, or mean nothing to this one. */
const HEARD: ReadonlySet<string> = new Set([
  "pull_request",
  "issue_comment",
  "check_run",
  "installation",
  "installation_repositories",
]);

/** What they took back may be wanted again by now, and each job looks at the state of its pull request by itself. */
const TAKING_BACK: ReadonlySet<string> = new Set(["closed", "converted_to_draft", "suspend", "deleted"]);

/** What fails as often as this fails for a reason of its own; open pull requests are found without it. */
const MAX_ATTEMPTS = 5;

/**
 * From a list with the newest first to one with the oldest first. A delivery is missed when not one attempt was answered well: filtering by a failed status alone would
 * name those that somebody has repeated since, and would leave out those that never connected.
 */
export function missedDeliveries(attempts: readonly DeliveryAttempt[]): readonly MissedDelivery[] {
  const heard = attempts.filter(({ event, action }) => HEARD.has(event) && !TAKING_BACK.has(action));
  const groups = [...Map.groupBy(heard, ({ guid }) => guid).values()];
  return (
    groups
      .filter((group) => group.length < MAX_ATTEMPTS && group.every(({ outcome }) => outcome === "failed"))
      // Their times have no fractions of a second, so the order of the list decides among equals.
      .map((group) => group.toReversed().toSorted((a, b) => a.at.getTime() - b.at.getTime()))
      .toReversed()
      .toSorted((a, b) => timeOf(a[0]) - timeOf(b[0]))
      .flatMap((group) => {
        const newest = group.at(-1);
        return newest === undefined ? [] : [{ guid: newest.guid, attemptId: newest.id }];
      })
  );
}

function timeOf(attempt: DeliveryAttempt | undefined): number {
  return attempt?.at.getTime() ?? 0;
}

/** How fast Plumbline speaks to GitHub, and that long waits are left to the queue. */
import Bottleneck from "bottleneck";
import { ProbotOctokit } from "probot";

/**
 * GitHub asks for a second between writes where there are many of them. Octokit's default applies that from the second
 * write on, which would hold each review up for two seconds; a small reserve lets one review's few writes through at
 * once and keeps the same pace after that (documented limit: 80 content-creating requests a minute).
 */
const WRITES = {
  id: "plumbline-writes",
  maxConcurrent: 1,
  reservoir: 5,
  reservoirIncreaseAmount: 1,
  reservoirIncreaseInterval: 1_000,
  reservoirIncreaseMaximum: 5,
};

/** A rate limit is not slept through inside a worker, and 429 is not repeated every three seconds (measured default). */
const LEFT_TO_THE_QUEUE = [400, 401, 403, 404, 410, 422, 429, 451];

/** Probot hands its own throttle options to every instance, so ours are put on top of them rather than below. */
export function pacedOctokit(): typeof ProbotOctokit {
  const throttle = {
    enabled: true,
    write: new Bottleneck.Group(WRITES),
    onRateLimit: () => false,
    onSecondaryRateLimit: () => false,
  };
  return ProbotOctokit.defaults((given: ConstructorParameters<typeof ProbotOctokit>[0]) => ({
    ...given,
    throttle: { ...given?.throttle, ...throttle },
    retry: { ...given?.retry, doNotRetry: LEFT_TO_THE_QUEUE },
  }));
}

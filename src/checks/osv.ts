/** Known vulnerabilities from OSV.dev: one request for all packages of a change. Used only where an operator turns it on. */
import { z } from "zod";
import type { Advisories, AdvisoriesOutcome, PackageVersion } from "./advisories.ts";

export interface OsvOptions {
  /** Such as "https://api.osv.dev". */
  readonly url: string;
  readonly fetch: typeof fetch;
}

/** https://google.github.io/osv.dev/post-v1-querybatch/: at most 1,000 queries in one request. */
const MAX_QUERIES = 1_000;
/** Within the deadline of a check. */
const TIMEOUT_MS = 2_000;
/** Ids and dates of a thousand packages fit many times. */
const MAX_ANSWER_CHARACTERS = 4 * 1024 * 1024;
const MAX_IDS = 20;

/** One result for each query, in their order; without `vulns` where nothing is known. */
const answerSchema = z.object({
  results: z.array(z.object({ vulns: z.array(z.object({ id: z.string().max(100) })).optional() }).nullable()),
});

export function osvAdvisories(options: OsvOptions): Advisories {
  return {
    affecting: async (packages, signal) => {
      const asked = packages.slice(0, MAX_QUERIES);
      if (asked.length === 0) return { kind: "known", advisories: [] };
      try {
        return await ask(asked, options, signal);
      } catch (error) {
        signal.throwIfAborted();
        return { kind: "unavailable", reason: `OSV was not reached: ${reasonOf(error)}` };
      }
    },
  };
}

async function ask(
  packages: readonly PackageVersion[],
  { url, fetch }: OsvOptions,
  signal: AbortSignal,
): Promise<AdvisoriesOutcome> {
  const queries = packages.map(({ ecosystem, name, version }) => ({ package: { ecosystem, name }, version }));
  const response = await fetch(`${url}/v1/querybatch`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ queries }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    redirect: "error",
  });
  if (!response.ok) return { kind: "unavailable", reason: `OSV answered ${response.status}` };
  const text = await response.text();
  if (text.length > MAX_ANSWER_CHARACTERS) return { kind: "unavailable", reason: "OSV answered too much" };
  const answer = answerSchema.safeParse(JSON.parse(text));
  if (!answer.success || answer.data.results.length !== packages.length)
    return { kind: "unavailable", reason: "OSV answered in a form that is not known" };
  const { results } = answer.data;
  const advisories = packages.flatMap((affected, at) => {
    const ids = (results[at]?.vulns ?? []).slice(0, MAX_IDS).map(({ id }) => id);
    return ids.length === 0 ? [] : [{ affected, ids }];
  });
  return { kind: "known", advisories };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return error.name === "TimeoutError" ? `no answer within ${TIMEOUT_MS / 1000} s` : error.message;
}

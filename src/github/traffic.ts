/** Every request to GitHub passes here: free of secrets, counted, its quota noted, held back while its installation has to pause. */
import { type Redactor, redactJson } from "../domain/secret-redaction.ts";

export interface Traffic {
  /** What `fetch` is for one installation. While it is paused, GitHub's refusal is repeated without asking for it. */
  fetchFor(installationId: number): typeof fetch;
  pause(installationId: number, until: Date): void;
  lift(installationId: number): void;
}

export interface TrafficObserver {
  readonly called: (status: number | "unreachable" | "held back") => void;
  readonly quota: (installationId: number, remaining: number) => void;
}

export function openTraffic(observer: TrafficObserver, redact: Redactor): Traffic {
  const pausedUntil = new Map<number, number>();
  return {
    fetchFor: (installationId) => async (input, init) => {
      const leftMs = (pausedUntil.get(installationId) ?? 0) - Date.now();
      if (leftMs > 0) {
        observer.called("held back");
        return heldBack(leftMs);
      }
      pausedUntil.delete(installationId);
      return observed(observer, installationId, () => fetch(input, withoutSecrets(redact, init)));
    },
    pause: (installationId, until) => void pausedUntil.set(installationId, until.getTime()),
    lift: (installationId) => void pausedUntil.delete(installationId),
  };
}

/** Bodies are the JSON that Octokit wrote: whatever is posted, by whichever route, passes here. */
function withoutSecrets(redact: Redactor, init: RequestInit | undefined): RequestInit | undefined {
  return typeof init?.body === "string" ? { ...init, body: redactJson(redact, init.body) } : init;
}

/** Octokit turns it into the same error as GitHub's own answer. */
function heldBack(leftMs: number): Response {
  const headers = { "content-type": "application/json", "retry-after": String(Math.ceil(leftMs / 1000)) };
  return new Response('{"message":"this installation has to pause"}', { status: 429, headers });
}

async function observed(
  observer: TrafficObserver,
  installationId: number,
  send: () => Promise<Response>,
): Promise<Response> {
  try {
    const response = await send();
    observer.called(response.status);
    const remaining = Number(response.headers.get("x-ratelimit-remaining") ?? Number.NaN);
    if (Number.isFinite(remaining)) observer.quota(installationId, remaining);
    return response;
  } catch (error) {
    observer.called("unreachable");
    throw error;
  }
}

/** Hidden marks in what Plumbline posts, by which it knows its own reviews and comments again. */
import { createHmac, timingSafeEqual } from "node:crypto";

/** Binds a mark to one pull request, so that it is worth nothing when copied to another. */
export interface MarkerPlace {
  readonly repositoryId: number;
  readonly number: number;
}

export interface ReviewMark {
  readonly runId: string;
  readonly head: string;
  readonly base: string;
  /** Whether that review covered everything; an incomplete one does not stand for its head. */
  readonly complete: boolean;
}

/** Derived from the webhook secret: every replica has it, no reader of a comment does. */
export type MarkerKey = string & { readonly brand: "MarkerKey" };

export function markerKey(webhookSecret: string): MarkerKey {
  return createHmac("sha256", webhookSecret).update("plumbline marker key").digest("hex") as MarkerKey;
}

export function reviewMarker(key: MarkerKey, place: MarkerPlace, mark: ReviewMark): string {
  const fields = `run=${mark.runId} head=${mark.head} base=${mark.base} complete=${mark.complete ? "yes" : "no"}`;
  return `<!-- plumbline:review ${fields} mac=${mac(key, place, `review ${fields}`)} -->`;
}

export function findingMarker(key: MarkerKey, place: MarkerPlace, fingerprint: string): string {
  return `<!-- plumbline:finding ${fingerprint} mac=${mac(key, place, `finding ${fingerprint}`)} -->`;
}

/** Stands under the answer to a comment, so that no comment is answered twice. */
export function answerMarker(key: MarkerKey, place: MarkerPlace, commentId: number): string {
  return `<!-- plumbline:answer ${commentId} mac=${mac(key, place, `answer ${commentId}`)} -->`;
}

const REVIEW =
  /<!-- plumbline:review (?<fields>run=(?<run>[\w-]+) head=(?<head>[0-9a-f]+) base=(?<base>[0-9a-f]+) complete=(?<complete>yes|no)) mac=(?<mac>[0-9a-f]{32}) -->/g;
const FINDING = /<!-- plumbline:finding (?<id>[0-9a-f]{16}) mac=(?<mac>[0-9a-f]{32}) -->/g;

/** The last genuine mark of a body: whatever a pull request smuggled into earlier text does not count. */
export function readReviewMarker(key: MarkerKey, place: MarkerPlace, body: string): ReviewMark | null {
  const genuine = [...body.matchAll(REVIEW)].findLast(({ groups }) =>
    isGenuine(key, place, `review ${groups?.["fields"]}`, groups?.["mac"]),
  );
  if (!genuine?.groups) return null;
  const { run = "", head = "", base = "", complete } = genuine.groups;
  return { runId: run, head, base, complete: complete === "yes" };
}

export function readFindingMarker(key: MarkerKey, place: MarkerPlace, body: string): string | null {
  const genuine = [...body.matchAll(FINDING)].findLast(({ groups }) =>
    isGenuine(key, place, `finding ${groups?.["id"]}`, groups?.["mac"]),
  );
  return genuine?.groups?.["id"] ?? null;
}

function mac(key: MarkerKey, place: MarkerPlace, content: string): string {
  return createHmac("sha256", key)
    .update(`${place.repositoryId}/${place.number} ${content}`)
    .digest("hex")
    .slice(0, 32);
}

function isGenuine(key: MarkerKey, place: MarkerPlace, content: string, claimed = ""): boolean {
  const wanted = Buffer.from(mac(key, place, content));
  const given = Buffer.from(claimed);
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

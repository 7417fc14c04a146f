/** What the story of a review needs from the world: four small doors, told without any vendor's name. */
import type { z } from "zod";
import type { Depth } from "../domain/depth.ts";
import type { LookupCall, LookupTurn } from "../domain/lookup.ts";
import type { ReviewMark } from "../domain/marker.ts";
import type { Prompt } from "../domain/prompt.ts";
import type { PromptLibrary } from "../domain/prompt-library.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import type { Reading, Review } from "../domain/review.ts";
import type { ReviewScope } from "../domain/scope.ts";
import type { Redactor } from "../domain/secret-redaction.ts";
import type { Allowance, Spent } from "../domain/spending.ts";
import type { Usage } from "../domain/usage.ts";
import type { Checks } from "./checks.ts";
import type { RepositoryView, Syntax } from "./repository-view.ts";
import type { Observe } from "./review-events.ts";

export interface CurrentState {
  readonly headSha: string;
  readonly state: "open" | "closed";
  readonly draft: boolean;
  readonly locked: boolean;
}

/** Reads one pull request. Rejects with UserError, FinalError, LimitError or RetryableError. */
export interface PullRequestSource {
  load(signal: AbortSignal): Promise<PullRequest>;
  /** What may have changed while the model was reading. */
  current(signal: AbortSignal): Promise<CurrentState>;
  /** The repository around a pull request that was loaded here. Whoever opens it closes it. */
  openView(pullRequest: PullRequest, signal: AbortSignal): Promise<RepositoryView>;
}

/** What this product has posted on the pull request before. */
export interface Earlier {
  readonly reviews: readonly ReviewMark[];
  /** Fingerprints of the inline comments that are still there. */
  readonly findings: ReadonlySet<string>;
}

export interface ReviewUpdate {
  readonly review: Review;
  /** Fingerprints to post inline: the review's own minus those posted before. */
  readonly inline: ReadonlySet<string>;
  readonly stillOpen: ReadonlySet<string>;
}

/** A run that ends without a review, and the reason that people are shown. */
export interface Closing {
  readonly kind: "declined" | "superseded" | "failed";
  readonly reason: string;
}

export type Ending = Closing | { readonly kind: "reviewed"; readonly review: Review };

/** What became of the one request that posts a review. */
export type PostOutcome =
  | { readonly kind: "posted" }
  /** Nobody knows whether it stands there now. */
  | { readonly kind: "unknown"; readonly reason: string }
  /** It does not stand there. `pending`: an unfinished review of ours is in the way. `content`: something in it. */
  | { readonly kind: "refused"; readonly because: "pending" | "content"; readonly reason: string };

/** Where a review goes. Rejects with FinalError, LimitError or RetryableError. */
export interface ReviewSink {
  earlier(signal: AbortSignal): Promise<Earlier>;
  begin(pullRequest: PullRequest, signal: AbortSignal): Promise<void>;
  /** One request, never repeated, and not interrupted once it is sent. */
  post(update: ReviewUpdate): Promise<PostOutcome>;
  /** Removes what an interrupted review left unfinished, as far as it is our own. */
  discardPending(signal: AbortSignal): Promise<void>;
  conclude(ending: Ending, signal: AbortSignal): Promise<void>;
}

/**
 * `retry`: another attempt may succeed. `give-up`: only this call is lost. `stop`: every further call would be told the
 * same for now. `reconfigure`: for ever, until somebody changes the key or the model.
 */
export interface ModelFailure {
  readonly next: "retry" | "give-up" | "stop" | "reconfigure";
  /** A sentence for people, without request content. */
  readonly reason: string;
  readonly retryAfterMs: number | null;
}

export type ModelOutcome =
  | { readonly kind: "answered"; readonly text: string; readonly usage: Usage }
  /** It wants to look something up first; `reply` is what it said, as its service wants it back in the next turn. */
  | {
      readonly kind: "asks";
      readonly calls: readonly LookupCall[];
      readonly reply: unknown;
      readonly usage: Usage;
    }
  | { readonly kind: "failed"; readonly failure: ModelFailure; readonly usage: Usage };

export interface ModelRequest {
  readonly prompt: Prompt;
  /** The JSON that the reply must be. The caller checks it again. */
  readonly reply: z.ZodType;
  /** A reply that did not fit, and why: asked once more. */
  readonly correction: { readonly reply: string; readonly fault: string } | null;
  /** What was looked up for this question so far. */
  readonly turns: readonly LookupTurn[];
  /** `closed`: the tools are described, because they are part of the shared prefix, and may not be used. */
  readonly tools: "none" | "open" | "closed";
  readonly signal: AbortSignal;
  /** Called when the reply begins to arrive: from then on the prompt's prefix can be read from the provider's cache. */
  readonly onStarted: () => void;
}

/** Encodes its failures in the outcome; rejects only when `signal` aborts. */
export interface Model {
  readonly id: string;
  complete(request: ModelRequest): Promise<ModelOutcome>;
}

export interface Clock {
  now(): Date;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** What was spent before and beside a review; kept for all replicas. */
export interface SpendBook {
  spent(): Promise<Pick<Spent, "pullDayUsd" | "installationMonthUsd">>;
  add(usd: number): Promise<void>;
}

/** What a review may still spend: asked before each call, told after it. */
export interface Purse {
  allowance(): Promise<Allowance>;
  spend(usd: number): Promise<void>;
}

export interface ReviewPorts {
  readonly source: PullRequestSource;
  readonly sink: ReviewSink;
  readonly model: Model;
  readonly purse: Purse;
  /** Loaded at the first review. */
  readonly checks: () => Promise<Checks>;
  readonly syntax: Syntax;
  readonly library: PromptLibrary;
  readonly redact: Redactor;
  readonly clock: Clock;
  readonly observe: Observe;
}

export interface ReviewRequest {
  /** The same for every attempt at one job: by it a review that was already posted is recognised. */
  readonly runId: string;
  readonly trigger: "event" | "command" | "rerequest" | "local";
  readonly scope: ReviewScope;
  readonly depth: Depth;
  readonly reading: Reading;
  /** `forget`: post findings again that an earlier review posted. */
  readonly memory: "keep" | "forget";
  /** `wait`: a model service that is down for the moment ends the run as `waiting`. `settle`: what came through is posted. */
  readonly patience: "wait" | "settle";
  /** Whether there were attempts before this one. */
  readonly history: "none" | "repeated";
  /** Whether this attempt still owns the run: asked right before anything is posted. */
  readonly holds: () => Promise<boolean>;
  readonly signal: AbortSignal;
}

export type ReviewOutcome =
  | { readonly kind: "published"; readonly review: Review }
  | { readonly kind: "declined" | "superseded"; readonly reason: string }
  /** Another head stands there by now. */
  | { readonly kind: "overtaken"; readonly reason: string }
  /** Another attempt has taken the run over; this one has touched nothing. */
  | { readonly kind: "lost" }
  /** Nothing was posted. What the model answered so far is kept, and the rest is worth asking for later. */
  | { readonly kind: "waiting"; readonly reason: string; readonly retryAfterMs: number | null }
  /** Not one pass came through. `review` holds what is known: every file failed, and what that cost. */
  | {
      readonly kind: "failed";
      readonly reason: string;
      readonly next: ModelFailure["next"];
      readonly review: Review;
    };

/** Where a command is answered. Rejects with FinalError, LimitError or RetryableError. */
export interface CommandDesk {
  mayCommand(signal: AbortSignal): Promise<boolean>;
  acknowledge(signal: AbortSignal): Promise<void>;
  reply(text: string, signal: AbortSignal): Promise<void>;
}

/** What the model once said to a question, and what it cost. */
export type RememberedReply = Exclude<ModelOutcome, { kind: "failed" }>;

/** The replies about one pull request, across attempts and runs. Keys are hashes of the whole request. */
export interface ReplyMemory {
  find(request: string): Promise<RememberedReply | null>;
  keep(request: string, reply: RememberedReply): Promise<void>;
  /** When the review is posted, the replies have done their work. */
  forget(): Promise<void>;
}

/** What is left alone for the moment, and until when; shared by all replicas. */
export interface PauseBook {
  /** The pause that holds now, or null. */
  find(scope: string): Promise<{ readonly until: Date; readonly reason: string } | null>;
  /** How many pauses in a row there were, also when the last one is over; 0 when none. */
  strikes(scope: string): Promise<number>;
  pause(scope: string, until: Date, reason: string, strikes: number): Promise<void>;
  /** Lets one caller through after the end of a pause, and holds the others back until `until`. True for that one. */
  probe(scope: string, until: Date): Promise<boolean>;
  lift(scope: string): Promise<void>;
}

/** What happens in a review, as it happens: the terminal draws it, the server logs it. Counts and names only, never code. */
import type { Depth } from "../domain/depth.ts";
import type { Pass } from "../domain/pass.ts";
import type { Usage } from "../domain/usage.ts";

export type ReviewEvent =
  | { readonly stage: "loaded"; readonly files: number; readonly head: string }
  /** The repository was looked at, and the built-in checks have run. */
  | {
      readonly stage: "surveyed";
      readonly outlines: number;
      readonly findings: number;
      readonly skips: number;
    }
  | {
      readonly stage: "planned";
      readonly chunks: number;
      readonly passes: number;
      readonly calls: number;
      readonly leftOut: number;
      readonly depth: Depth;
      readonly estimateUsd: number;
    }
  | {
      readonly stage: "pass";
      readonly chunk: number;
      /** One, or all of them where one question holds every lens. */
      readonly passes: readonly Pass[];
      readonly outcome: "reviewed" | "failed";
      readonly reason: string | null;
      readonly findings: number;
      readonly lookups: number;
      readonly usage: Usage;
    }
  | { readonly stage: "placed"; readonly findings: number; readonly dropped: number }
  | {
      readonly stage: "verified";
      readonly claims: number;
      readonly outcome: "answered" | "failed";
      readonly usage: Usage;
    }
  | { readonly stage: "joined"; readonly usage: Usage }
  /** GitHub refused the review or did not say whether it took it: what was done about that. */
  | { readonly stage: "posting"; readonly outcome: "unknown" | "refused"; readonly reason: string }
  | { readonly stage: "summarised"; readonly usage: Usage }
  | {
      readonly stage: "published";
      readonly inline: number;
      readonly usage: Usage;
      readonly durationMs: number;
    };

export type Observe = (event: ReviewEvent) => void;

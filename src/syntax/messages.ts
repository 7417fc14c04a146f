/** What the owner of the parsing thread and the thread say to each other; answers come in the order of the requests. */
import type { SourceOutline } from "../domain/outline.ts";
import type { Language } from "./languages.ts";

export interface ThreadSettings {
  /** URL of the folder of the grammars, with a slash at its end. */
  readonly grammars: string;
  /** One flag a place: not 0 when nobody waits for the answer any more. */
  readonly cancelled: SharedArrayBuffer;
}

export interface ParseRequest {
  /** Its place among the flags. */
  readonly place: number;
  readonly language: Language;
  readonly text: string;
  readonly deadlineMs: number;
}

/** `ready` comes once, before all answers. */
export type ThreadMessage =
  | { readonly kind: "ready" }
  /** `outline` is null when the deadline ended it or nobody waits. */
  | { readonly kind: "answer"; readonly outline: SourceOutline | null };

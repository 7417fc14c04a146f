/** What a comparison of two versions of a contract comes to; crosses the border of the parser thread. */
import type { Side } from "../domain/diff.ts";

export interface ContractBreak {
  readonly rule: string;
  readonly side: Side;
  readonly line: number;
  /** What was changed, such as "DELETE /users/{id}": text of the pull request. */
  readonly subject: string;
}

export type ContractReading =
  | { readonly kind: "compared"; readonly breaks: readonly ContractBreak[] }
  | { readonly kind: "refused"; readonly reason: string };

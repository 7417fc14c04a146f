// Faults a test asks for: the next matching requests fail in the given way.

export type FaultEffect =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  /** The socket is destroyed before anything is done. */
  | { readonly kind: "reset" }
  /** It is done, but the answer says otherwise: the ambiguous 502. */
  | { readonly kind: "handle-then-status"; readonly status: number }
  /** It is done, and then the connection breaks. */
  | { readonly kind: "handle-then-reset" }
  /** It is done, and the caller never hears of it. */
  | { readonly kind: "handle-then-hang" }
  | { readonly kind: "delay"; readonly ms: number }
  /** No answer at all until the stand-in closes. */
  | { readonly kind: "hang" };

export interface FaultRule {
  readonly method?: string;
  /** Tested against the path without `/api/v3`, query included. */
  readonly path: RegExp;
  /** How many requests it hits; once if absent. */
  readonly times?: number;
  readonly effect: FaultEffect;
}

export interface PendingFaults {
  add(rule: FaultRule): void;
  /** The effect of the oldest rule that matches and is not used up. */
  take(method: string, path: string): FaultEffect | null;
}

export function pendingFaults(): PendingFaults {
  const rules: { rule: FaultRule; left: number }[] = [];
  return {
    add(rule) {
      rules.push({ rule, left: rule.times ?? 1 });
    },
    take(method, path) {
      const found = rules.find(
        ({ rule, left }) =>
          left > 0 && (rule.method ?? method).toUpperCase() === method && path.search(rule.path) >= 0,
      );
      if (!found) return null;
      found.left -= 1;
      return found.rule.effect;
    },
  };
}

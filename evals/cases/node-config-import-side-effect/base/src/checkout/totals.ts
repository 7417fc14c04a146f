import { isEnabled } from "../flags.js";
import type { Cart } from "./cart.js";

export interface Totals {
  readonly goodsCents: number;
  readonly giftCardCents: number;
  readonly dueCents: number;
}

export function totalsOf(cart: Cart): Totals {
  const goodsCents = cart.lines.reduce((sum, line) => sum + line.priceCents * line.quantity, 0);
  const giftCardCents = isEnabled("gift-cards") ? Math.min(cart.giftCardCents, goodsCents) : 0;
  return { goodsCents, giftCardCents, dueCents: goodsCents - giftCardCents };
}

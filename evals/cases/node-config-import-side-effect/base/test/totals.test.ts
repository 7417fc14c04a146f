import { expect, test } from "vitest";
import { totalsOf } from "../src/checkout/totals.js";

test("a gift card pays at most the goods", () => {
  const cart = { lines: [{ sku: "A1", priceCents: 1200, quantity: 2 }], giftCardCents: 5000 };
  expect(totalsOf(cart)).toEqual({ goodsCents: 2400, giftCardCents: 2400, dueCents: 0 });
});

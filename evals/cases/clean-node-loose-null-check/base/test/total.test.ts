import { expect, test } from "vitest";
import { totalCents } from "../src/cart/total.js";

const lines = [{ priceCents: 999, quantity: 3 }];

test.each([
  [{ lines }, 2997],
  [{ lines, discount: { percent: 0 } }, 2997],
  [{ lines, discount: { percent: 10 } }, 2698],
  [{ lines, discount: { percent: 100 } }, 0],
])("%j costs %i", (cart, cents) => {
  expect(totalCents(cart)).toBe(cents);
});

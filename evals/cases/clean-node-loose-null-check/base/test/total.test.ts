import { expect, test } from "vitest";
import { totalCents } from "../src/cart/total.js";

const lines = [{ priceCents: 999, quantity: 3 }];

test.each([
  [{ lines }, 2997],
  [{ lines, discount: 0 }, 2997],
  [{ lines, discount: 10 }, 2698],
  [{ lines, discount: 100 }, 0],
])("%j costs %i", (cart, cents) => {
  expect(totalCents(cart)).toBe(cents);
});

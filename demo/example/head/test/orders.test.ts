import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { maySee } from "../src/auth.ts";
import type { Queryable } from "../src/db.ts";
import { formatCents, lineTaxCents, totalCents } from "../src/money.ts";
import { placeOrder, priceItems } from "../src/orders/repository.ts";

const CUSTOMER = "7c0d9a52-3f54-4a55-9a5c-0c1f6b0f2a11";
const STRANGER = "f2b8a9f4-54c0-4d6b-b5a7-6a3f7f1b7d20";

/** Answers queries from a script, in order, and remembers what was asked. */
function scriptedDatabase(answers: readonly unknown[][]) {
  const asked: string[] = [];
  const db = {
    query: async (text: string) => {
      const rows = answers[asked.length] ?? [];
      asked.push(text);
      return { rows };
    },
  };
  return { asked, db: db as unknown as Queryable };
}

describe("money", () => {
  it("rounds tax half up, once per line", () => {
    assert.equal(lineTaxCents({ quantity: 1, unitPriceCents: 50, taxBasisPoints: 1900 }), 10);
    assert.equal(lineTaxCents({ quantity: 3, unitPriceCents: 199, taxBasisPoints: 700 }), 42);
  });

  it("adds rounded lines", () => {
    const line = { quantity: 1, unitPriceCents: 50, taxBasisPoints: 1900 };

    assert.equal(totalCents([line, line, line]), 180);
  });

  it("formats cents without a floating point number", () => {
    assert.equal(formatCents(5, "EUR"), "0.05 EUR");
    assert.equal(formatCents(-123456, "EUR"), "-1234.56 EUR");
  });
});

describe("authorisation", () => {
  it("shows customers their own orders and support all of them", () => {
    assert.equal(maySee({ id: CUSTOMER, role: "customer" }, CUSTOMER), true);
    assert.equal(maySee({ id: STRANGER, role: "customer" }, CUSTOMER), false);
    assert.equal(maySee({ id: STRANGER, role: "support" }, CUSTOMER), true);
  });
});

describe("placing an order", () => {
  it("returns the earlier order for a repeated key and writes nothing", async () => {
    const earlier = { id: "o-1", number: "SO-100000" };
    const { asked, db } = scriptedDatabase([[], [earlier]]);

    const order = await placeOrder(db, CUSTOMER, "key-0123456789abcdef", []);

    assert.equal(order, earlier);
    assert.equal(asked.some((text) => text.startsWith("INSERT")), false);
  });

  it("stores the order, its items and the key", async () => {
    const placed = { id: "o-2", number: "SO-100001" };
    const { asked, db } = scriptedDatabase([[], [], [placed]]);

    await placeOrder(db, CUSTOMER, "key-0123456789abcdef", []);

    assert.deepEqual(
      asked.slice(2).map((text) => text.split(" ", 3)[2]),
      ["orders", "order_items", "idempotency_keys"],
    );
  });

  it("refuses an article it does not know", async () => {
    const { db } = scriptedDatabase([[]]);

    await assert.rejects(priceItems(db, [{ sku: "NOPE-1", quantity: 1 }]), { code: "unknown_sku" });
  });
});

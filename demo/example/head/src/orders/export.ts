import { stringify } from "csv-stringify/sync";
import { z } from "zod";
import type { Queryable } from "../db.ts";
import { listItems, ORDER_COLUMNS, type Order } from "./repository.ts";

export const ExportQuery = z.object({
  month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, "a month like 2026-03"),
  customerId: z.uuid().optional(),
});

/** One CSV line per order placed in the month. */
export async function exportOrders(db: Queryable, query: z.infer<typeof ExportQuery>) {
  const from = new Date(`${query.month}-01`);
  const until = new Date(from.getFullYear(), from.getMonth() + 1, 1);

  const { rows: orders } = await db.query<Order & { customerEmail: string }>(
    `SELECT ${ORDER_COLUMNS}, o.customer_email AS "customerEmail" FROM orders o
      WHERE o.placed_at >= $1 AND o.placed_at < $2 AND ($3::uuid IS NULL OR o.customer_id = $3)
      ORDER BY o.placed_at`,
    [from, until, query.customerId ?? null],
  );

  const lines = [];
  for (const order of orders) {
    const items = await listItems(db, order.id);
    let net = 0;
    let tax = 0;
    for (const item of items) {
      const amount = (item.unitPriceCents / 100) * item.quantity;
      net += amount;
      tax += (amount * item.taxBasisPoints) / 10_000;
    }

    lines.push({
      number: order.number,
      placed_at: order.placedAt.toISOString(),
      status: order.status,
      customer: order.customerEmail,
      net: net.toFixed(2),
      tax: tax.toFixed(2),
      gross: (net + tax).toFixed(2),
      refunded: ((await refundedCents(db, order.id)) / 100).toFixed(2),
    });
  }

  return { csv: stringify(lines, { header: true }), orderIds: orders.map((order) => order.id) };
}

/** Keeps who exported which orders, for the privacy log. */
export async function recordExport(tx: Queryable, userId: string, orderIds: readonly string[]): Promise<void> {
  const { rows } = await tx.query<{ id: string }>(
    "INSERT INTO order_exports (user_id) VALUES ($1) RETURNING id",
    [userId],
  );
  await tx.query("INSERT INTO order_export_lines (export_id, order_id) SELECT $1, unnest($2::uuid[])", [
    rows[0]?.id,
    orderIds,
  ]);
}

async function refundedCents(db: Queryable, orderId: string): Promise<number> {
  let cents = 0;
  try {
    const { rows } = await db.query("SELECT sum(amount_cents)::int AS cents FROM refunds WHERE order_id = $1", [orderId]);
    cents = rows[0].cents ?? 0;
  } catch {}
  return cents;
}

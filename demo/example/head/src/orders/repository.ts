import type { Queryable } from "../db.ts";
import { HttpError } from "../errors.ts";
import { type PricedLine, totalCents } from "../money.ts";

export type OrderStatus = "placed" | "paid" | "shipped" | "cancelled";

export interface Order {
  readonly id: string;
  readonly number: string;
  readonly customerId: string;
  readonly status: OrderStatus;
  readonly currency: string;
  readonly totalCents: number;
  readonly placedAt: Date;
}

export interface OrderItem extends PricedLine {
  readonly sku: string;
}

/** The columns of an `Order`, named as its properties; the table is expected as `o`. */
export const ORDER_COLUMNS = `
  o.id, o.number, o.customer_id AS "customerId", o.status, o.currency,
  o.total_cents AS "totalCents", o.placed_at AS "placedAt"`;

export async function findOrder(db: Queryable, id: string): Promise<Order | null> {
  const { rows } = await db.query<Order>(`SELECT ${ORDER_COLUMNS} FROM orders o WHERE o.id = $1`, [id]);
  return rows[0] ?? null;
}

export async function listItems(db: Queryable, orderId: string): Promise<OrderItem[]> {
  const { rows } = await db.query<OrderItem>(
    `SELECT sku, quantity, unit_price_cents AS "unitPriceCents", tax_basis_points AS "taxBasisPoints"
       FROM order_items WHERE order_id = $1 ORDER BY position`,
    [orderId],
  );
  return rows;
}

/** Puts the price of today on each requested line; an unknown article number is a client error. */
export async function priceItems(
  db: Queryable,
  wanted: readonly { readonly sku: string; readonly quantity: number }[],
): Promise<OrderItem[]> {
  const { rows } = await db.query<Omit<OrderItem, "quantity">>(
    `SELECT sku, price_cents AS "unitPriceCents", tax_basis_points AS "taxBasisPoints"
       FROM products WHERE sku = ANY($1)`,
    [wanted.map((line) => line.sku)],
  );
  const bySku = new Map(rows.map((row) => [row.sku, row]));

  return wanted.map(({ sku, quantity }) => {
    const product = bySku.get(sku);
    if (product === undefined) throw new HttpError(422, "unknown_sku", `There is no article ${sku}`);
    return { ...product, quantity };
  });
}

/** Places an order once per key: a repeated key returns the order that is already there. */
export async function placeOrder(
  tx: Queryable,
  customerId: string,
  key: string,
  items: readonly OrderItem[],
): Promise<Order> {
  // Serialises two requests with the same key; released with the transaction.
  await tx.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`${customerId}:${key}`]);

  const earlier = await tx.query<Order>(
    `SELECT ${ORDER_COLUMNS} FROM idempotency_keys k JOIN orders o ON o.id = k.order_id
      WHERE k.customer_id = $1 AND k.key = $2`,
    [customerId, key],
  );
  if (earlier.rows[0] !== undefined) return earlier.rows[0];

  const placed = await tx.query<Order>(
    `INSERT INTO orders AS o (number, customer_id, total_cents)
     VALUES ('SO-' || nextval('order_numbers'), $1, $2) RETURNING ${ORDER_COLUMNS}`,
    [customerId, totalCents(items)],
  );
  const order = placed.rows[0];
  if (order === undefined) throw new Error("INSERT INTO orders returned no row");

  await tx.query(
    `INSERT INTO order_items (order_id, position, sku, quantity, unit_price_cents, tax_basis_points)
     SELECT $1, i.position, i.sku, i.quantity, i.price, i.tax
       FROM unnest($2::text[], $3::int[], $4::int[], $5::int[]) WITH ORDINALITY AS i (sku, quantity, price, tax, position)`,
    [
      order.id,
      items.map((item) => item.sku),
      items.map((item) => item.quantity),
      items.map((item) => item.unitPriceCents),
      items.map((item) => item.taxBasisPoints),
    ],
  );
  await tx.query("INSERT INTO idempotency_keys (customer_id, key, order_id) VALUES ($1, $2, $3)", [
    customerId,
    key,
    order.id,
  ]);
  return order;
}

/** Cancels an order that has not been shipped; null when it was too late. */
export async function cancelOrder(tx: Queryable, id: string): Promise<Order | null> {
  const { rows } = await tx.query<Order>(
    `UPDATE orders o SET status = 'cancelled'
      WHERE o.id = $1 AND o.status IN ('placed', 'paid') RETURNING ${ORDER_COLUMNS}`,
    [id],
  );
  return rows[0] ?? null;
}

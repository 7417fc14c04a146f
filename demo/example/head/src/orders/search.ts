import { z } from "zod";
import type { Queryable } from "../db.ts";
import { HttpError } from "../errors.ts";
import { ORDER_COLUMNS, type Order } from "./repository.ts";

export const SearchQuery = z.object({
  q: z.string().trim().min(2).max(100).optional(),
  status: z.enum(["placed", "paid", "shipped", "cancelled"]).optional(),
  customerId: z.uuid().optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
});

// The time stays text: a Date keeps milliseconds, the column microseconds, and orders in between would be skipped.
const Cursor = z.tuple([z.string().regex(/^[\d :.+-]{19,40}$/), z.uuid()]);

export interface OrderPage {
  readonly orders: readonly Order[];
  readonly nextCursor: string | null;
}

/** Orders, newest first. Pages stay stable while new orders arrive, because the cursor names the last one seen. */
export async function searchOrders(db: Queryable, query: z.infer<typeof SearchQuery>): Promise<OrderPage> {
  const term = query.q?.toLowerCase() ?? "";
  const [placedAt, id] = query.cursor === undefined ? [null, null] : decodeCursor(query.cursor);

  // One more than asked for tells whether there is a next page, without a second query.
  const { rows } = await db.query<Order & { seenAt: string }>(
    `SELECT ${ORDER_COLUMNS}, o.placed_at::text AS "seenAt" FROM orders o
      WHERE (lower(o.number) LIKE '${term}%' OR lower(o.customer_email) LIKE '%${term}%')
        AND ($1::uuid IS NULL OR o.customer_id = $1) AND ($2::text IS NULL OR o.status = $2)
        AND ($3::timestamptz IS NULL OR (o.placed_at, o.id) < ($3, $4::uuid))
      ORDER BY o.placed_at DESC, o.id DESC LIMIT $5`,
    [query.customerId ?? null, query.status ?? null, placedAt, id, query.limit + 1],
  );

  const orders = rows.slice(0, query.limit);
  const last = orders.at(-1);
  const hasMore = rows.length > query.limit && last !== undefined;
  return { orders, nextCursor: hasMore ? encodeCursor(last.seenAt, last.id) : null };
}

function encodeCursor(placedAt: string, id: string): string {
  return Buffer.from(JSON.stringify([placedAt, id])).toString("base64url");
}

function decodeCursor(cursor: string): z.infer<typeof Cursor> {
  try {
    return Cursor.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
  } catch {
    throw new HttpError(400, "invalid_cursor", "Pass the nextCursor of the previous page");
  }
}

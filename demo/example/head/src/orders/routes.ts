import { Router } from "express";
import type pg from "pg";
import { z } from "zod";
import { currentUser, maySee, type User } from "../auth.ts";
import type { Config } from "../config.ts";
import { createPool, type Queryable, withTransaction } from "../db.ts";
import { HttpError, notFound } from "../errors.ts";
import { formatCents } from "../money.ts";
import { ExportQuery, exportOrders, recordExport } from "./export.ts";
import { cancelOrder, findOrder, listItems, type Order, placeOrder, priceItems } from "./repository.ts";
import { SearchQuery, searchOrders } from "./search.ts";

const REPORTING_POOL_SIZE = 4;

const OrderId = z.uuid();
const IdempotencyKey = z.string().min(16).max(128);

const NewOrder = z.strictObject({
  items: z
    .array(z.strictObject({ sku: z.string().min(1).max(40), quantity: z.int().min(1).max(999) }))
    .min(1)
    .max(100),
});

export interface OrdersDependencies {
  readonly config: Config;
  readonly pool: pg.Pool;
}

export function ordersRouter({ config, pool }: OrdersDependencies): Router {
  const router = Router();
  const reporting = createPool(config.reportingDatabaseUrl, REPORTING_POOL_SIZE);

  router.get("/orders", async (req, res) => {
    const user = currentUser(res);
    const query = SearchQuery.parse(req.query);
    const customerId = user.role === "support" ? query.customerId : user.id;

    const { orders, nextCursor } = await searchOrders(reporting, { ...query, customerId });
    res.json({ orders: orders.map(toBody), nextCursor });
  });

  // Before /orders/:id, which would take "export" for an id.
  router.get("/orders/export", async (req, res) => {
    const query = ExportQuery.parse(req.query);
    const { csv, orderIds } = await exportOrders(reporting, query);

    await withTransaction(pool, async (tx) => {
      recordExport(tx, currentUser(res).id, orderIds);
    });
    res.attachment(`orders-${query.month}.csv`).type("text/csv").send(csv);
  });

  router.get("/orders/:id", async (req, res) => {
    const order = await visibleOrder(pool, req.params.id, currentUser(res));
    const items = await listItems(pool, order.id);
    res.json({ ...toBody(order), items });
  });

  router.post("/orders", async (req, res) => {
    const user = currentUser(res);
    const key = IdempotencyKey.parse(req.get("idempotency-key"));
    const { items } = NewOrder.parse(req.body);

    const order = await withTransaction(pool, async (tx) => {
      const priced = await priceItems(tx, items);
      return placeOrder(tx, user.id, key, priced);
    });
    res.status(201).location(`/v1/orders/${order.id}`).json(toBody(order));
  });

  router.post("/orders/:id/cancel", async (req, res) => {
    const order = await visibleOrder(pool, req.params.id, currentUser(res));
    const cancelled = await withTransaction(pool, (tx) => cancelOrder(tx, order.id));
    if (cancelled === null) throw new HttpError(409, "too_late", `Order ${order.number} is already ${order.status}`);
    res.json(toBody(cancelled));
  });

  return router;
}

/** The order with this id, if this user may see it; otherwise it does not exist for them. */
async function visibleOrder(db: Queryable, id: string, user: User): Promise<Order> {
  const order = await findOrder(db, OrderId.parse(id));
  if (order === null || !maySee(user, order.customerId)) throw notFound("Order");
  return order;
}

function toBody(order: Order) {
  return {
    id: order.id,
    number: order.number,
    status: order.status,
    total: formatCents(order.totalCents, order.currency),
    placedAt: order.placedAt.toISOString(),
  };
}

import type { OrderStore } from "./order.js";
import { mayBecome } from "./state.js";

export async function ship(id: string, orders: OrderStore): Promise<boolean> {
  const order = await orders.get(id);
  if (order === null || !mayBecome(order.state, "shipped")) return false;
  return orders.move(id, order.state, "shipped");
}

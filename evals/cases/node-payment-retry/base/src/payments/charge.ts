import type { OrderStore } from "../orders/store.js";
import type { PaymentProvider } from "./provider.js";

export type Paid = { readonly kind: "paid" } | { readonly kind: "declined" };

export async function charge(orderId: string, orders: OrderStore, provider: PaymentProvider): Promise<Paid> {
  const order = await orders.get(orderId);
  const result = await provider.createCharge(order.customerId, order.totalCents);
  if (result.status === "declined") return { kind: "declined" };
  await orders.markPaid(orderId, result.id);
  return { kind: "paid" };
}

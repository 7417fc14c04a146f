export const ORDER_STATES = ["new", "paid", "on_hold", "shipped", "cancelled"] as const;
export type OrderState = (typeof ORDER_STATES)[number];

const NEXT: Readonly<Record<OrderState, readonly OrderState[]>> = {
  new: ["paid", "cancelled"],
  paid: ["on_hold", "shipped", "cancelled"],
  on_hold: ["paid", "cancelled"],
  shipped: [],
  cancelled: [],
};

export function mayBecome(from: OrderState, to: OrderState): boolean {
  return NEXT[from].includes(to);
}

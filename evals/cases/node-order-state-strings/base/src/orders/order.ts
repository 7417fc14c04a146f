import type { OrderState } from "./state.js";

export interface Order {
  readonly id: string;
  readonly state: OrderState;
  readonly riskScore: number;
}

export interface OrderStore {
  get(id: string): Promise<Order | null>;
  /** Compare and set: false when the order was in another state by then. */
  move(id: string, from: OrderState, to: OrderState): Promise<boolean>;
}

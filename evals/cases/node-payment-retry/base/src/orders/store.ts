export interface Order {
  readonly id: string;
  readonly customerId: string;
  readonly totalCents: number;
}

export interface OrderStore {
  get(id: string): Promise<Order>;
  markPaid(id: string, chargeId: string): Promise<void>;
}

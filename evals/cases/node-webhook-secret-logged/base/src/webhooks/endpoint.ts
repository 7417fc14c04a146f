export interface WebhookEndpoint {
  readonly id: string;
  readonly customerId: string;
  readonly url: string;
  /** Shared with the customer; signs each delivery. */
  readonly signingSecret: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly payload: unknown;
}

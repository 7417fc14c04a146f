export interface ChargeResult {
  readonly id: string;
  readonly status: "succeeded" | "declined";
}

export class PaymentProvider {
  constructor(
    private readonly baseUrl: string,
    private readonly apiKey: string,
  ) {}

  /**
   * POST /charges. The provider creates one charge for each request, unless requests carry the same
   * `Idempotency-Key` header (kept for 24 hours).
   */
  async createCharge(customer: string, cents: number, idempotencyKey?: string): Promise<ChargeResult> {
    const response = await fetch(`${this.baseUrl}/charges`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${this.apiKey}`,
        "content-type": "application/json",
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
      },
      body: JSON.stringify({ customer, amount: cents, currency: "eur" }),
      signal: AbortSignal.timeout(8_000),
    });
    if (response.status === 402) return { id: "", status: "declined" };
    if (!response.ok) throw new Error(`payment provider answered ${response.status}`);
    return (await response.json()) as ChargeResult;
  }
}

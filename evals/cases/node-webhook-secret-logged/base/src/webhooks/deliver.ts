import { createHmac } from "node:crypto";
import type { Logger } from "pino";
import type { Delivery, WebhookEndpoint } from "./endpoint.js";

const ATTEMPTS = 3;
const TIMEOUT_MS = 10_000;

export type Outcome = { readonly kind: "delivered" } | { readonly kind: "failed"; readonly status: number | null };

export async function deliver(endpoint: WebhookEndpoint, delivery: Delivery, log: Logger): Promise<Outcome> {
  const body = JSON.stringify({ id: delivery.id, event: delivery.event, data: delivery.payload });
  let status: number | null = null;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    status = await post(endpoint, body);
    if (status !== null && status < 300) {
      log.debug({ delivery: delivery.id, attempt }, "webhook delivered");
      return { kind: "delivered" };
    }
  }
  return { kind: "failed", status };
}

async function post(endpoint: WebhookEndpoint, body: string): Promise<number | null> {
  const signature = createHmac("sha256", endpoint.signingSecret).update(body).digest("hex");
  try {
    const response = await fetch(endpoint.url, {
      method: "POST",
      headers: { ...endpoint.headers, "content-type": "application/json", "x-signature": signature },
      body,
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return null;
  }
}

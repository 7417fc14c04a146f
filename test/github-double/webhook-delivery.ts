// Sends signed webhooks as GitHub does, and keeps the list of attempts that `/app/hook/deliveries` shows.
import { createHmac, randomUUID } from "node:crypto";
import { type Answer, json, notFound } from "./answer.ts";
import type { Call, Route } from "./route.ts";
import { append } from "./state.ts";
import { type Delivery, isoSeconds, nextId, now, type World } from "./world.ts";

export interface Outgoing {
  readonly event: string;
  readonly payload: unknown;
  readonly guid?: string | undefined;
  readonly secret?: string | undefined;
  readonly redelivery?: boolean;
}

const ANSWER_WITHIN_MS = 10_000; // then GitHub cuts the connection and counts a failure
const RETENTION_MS = 3 * 24 * 60 * 60 * 1000; // older deliveries can be neither listed nor repeated
const HOOK_ID = 4711;
const APP = { kind: "app" } as const;
const DELIVERIES = "/app/hook/deliveries";

/** Redeliveries go on after the 202; whoever closes the stand-in waits for them. */
export type Background = Set<Promise<unknown>>;

export function deliveryRoutes(target: () => string, background: Background): readonly Route[] {
  function redeliver(call: Call): Answer {
    const { event, payload, guid } = findDelivery(call);
    const attempt = sendWebhook(call.world, target(), { event, payload, guid, redelivery: true }).catch(
      () => undefined, // a failed attempt is already on the list, which is all GitHub makes of it
    );
    background.add(attempt);
    void attempt.finally(() => background.delete(attempt));
    return json(202, {});
  }
  return [
    { method: "GET", path: DELIVERIES, access: APP, handle: listDeliveries },
    { method: "GET", path: `${DELIVERIES}/{delivery_id}`, access: APP, handle: showDelivery },
    { method: "POST", path: `${DELIVERIES}/{delivery_id}/attempts`, access: APP, handle: redeliver },
  ];
}

/** Rejects when the receiver cannot be reached or is too slow; the attempt is recorded before that. */
export async function sendWebhook(world: World, target: string, outgoing: Outgoing): Promise<Response> {
  const guid = outgoing.guid ?? randomUUID();
  const body = JSON.stringify(outgoing.payload);
  const started = performance.now();
  function record(status: string, statusCode: number): void {
    append(world.deliveries, {
      id: nextId(world),
      guid,
      event: outgoing.event,
      payload: outgoing.payload,
      redelivery: outgoing.redelivery ?? false,
      deliveredAt: isoSeconds(now(world)),
      durationSeconds: (performance.now() - started) / 1000,
      status,
      statusCode,
    });
  }
  try {
    const headers = webhookHeaders(world, { ...outgoing, guid }, body);
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const response = await fetch(target, { method: "POST", headers, body, signal, redirect: "manual" });
    record(response.ok ? "OK" : `Invalid HTTP Response: ${response.status}`, response.status);
    return response;
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === "TimeoutError";
    record(isTimeout ? "timed out" : "failed to connect to host", isTimeout ? 504 : 502);
    throw new Error(`webhook ${outgoing.event} to ${target} failed`, { cause: error });
  }
}

function webhookHeaders(
  world: World,
  outgoing: Outgoing & { guid: string },
  body: string,
): Record<string, string> {
  const secret = outgoing.secret ?? world.webhookSecret;
  function signature(algorithm: string): string {
    return `${algorithm}=${createHmac(algorithm, secret).update(body).digest("hex")}`;
  }
  return {
    accept: "*/*",
    "content-type": "application/json",
    "user-agent": "GitHub-Hookshot/044aadd",
    "x-github-delivery": outgoing.guid,
    "x-github-event": outgoing.event,
    "x-github-hook-id": String(HOOK_ID),
    "x-github-hook-installation-target-id": String(world.app.id),
    "x-github-hook-installation-target-type": "integration",
    "x-hub-signature": signature("sha1"),
    "x-hub-signature-256": signature("sha256"),
  };
}

/** Newest first, paged by cursor. `status=failure` means codes 400 to 599 and nothing else. */
function listDeliveries(call: Call): Answer {
  const perPage = Math.min(Number(call.query.get("per_page") ?? 30) || 30, 100);
  const before = Number(/^v1_(\d+)$/.exec(call.query.get("cursor") ?? "")?.[1] ?? Number.POSITIVE_INFINITY);
  const status = call.query.get("status");
  const older = retained(call.world)
    .toReversed()
    .filter((delivery) => {
      const isFailure = delivery.statusCode >= 400 && delivery.statusCode < 600;
      return delivery.id < before && (status === null || (status === "failure") === isFailure);
    });
  const shown = older.slice(0, perPage);
  const last = shown.at(-1);
  if (older.length === shown.length || !last) return json(200, shown.map(deliveryJson));
  const query = new URLSearchParams(call.query);
  query.set("cursor", `v1_${last.id}`);
  const link = `<${call.world.apiUrl}${DELIVERIES}?${query.toString()}>; rel="next"`;
  return json(200, shown.map(deliveryJson), { link });
}

function showDelivery(call: Call): Answer {
  const delivery = findDelivery(call);
  const request = { headers: {}, payload: delivery.payload };
  return json(200, { ...deliveryJson(delivery), url: "", request, response: { headers: {}, payload: "" } });
}

function findDelivery(call: Call): Delivery {
  const delivery = retained(call.world).find((one) => one.id === Number(call.params.delivery_id));
  if (!delivery) throw notFound();
  return delivery;
}

function retained(world: World): Delivery[] {
  const oldest = isoSeconds(now(world) - RETENTION_MS);
  return world.deliveries.filter((delivery) => delivery.deliveredAt >= oldest);
}

function deliveryJson(delivery: Delivery): Record<string, unknown> {
  const payload = (typeof delivery.payload === "object" ? delivery.payload : null) as Record<
    string,
    unknown
  > | null;
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.durationSeconds,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: typeof payload?.action === "string" ? payload.action : null,
    installation_id: idOf(payload?.installation),
    repository_id: idOf(payload?.repository),
    throttled_at: null,
  };
}

function idOf(value: unknown): number | null {
  if (typeof value !== "object" || value === null || !("id" in value)) return null;
  return typeof value.id === "number" ? value.id : null;
}

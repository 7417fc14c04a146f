// The primary rate limit: counted and shown, never enforced (a fault rule does that).
import type { AccessToken } from "./state.ts";
import { now, type World } from "./world.ts";

export const RATE_LIMIT = 5000; // per installation and hour
const HOUR_SECONDS = 60 * 60;

/** Epoch seconds of the next full hour. */
export function rateReset(world: World): number {
  return (Math.floor(now(world) / 1000 / HOUR_SECONDS) + 1) * HOUR_SECONDS;
}

export function rateHeaders(world: World, token: AccessToken | null, path: string): Record<string, string> {
  const installation = token ? world.installations.get(token.installationId) : undefined;
  // Asking for the limit is free.
  if (installation && path !== "/rate_limit") installation.rateUsed += 1;
  const used = installation?.rateUsed ?? 0;
  return {
    "x-ratelimit-limit": String(RATE_LIMIT),
    "x-ratelimit-remaining": String(Math.max(0, RATE_LIMIT - used)),
    "x-ratelimit-used": String(used),
    "x-ratelimit-reset": String(rateReset(world)),
    "x-ratelimit-resource": "core",
  };
}

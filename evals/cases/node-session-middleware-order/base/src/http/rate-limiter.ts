import { type RateLimitRequestHandler, rateLimit } from "express-rate-limit";

const WINDOW_MS = 60_000;
const REQUESTS = 120;

export function rateLimiter(): RateLimitRequestHandler {
  return rateLimit({ windowMs: WINDOW_MS, limit: REQUESTS, standardHeaders: "draft-7", legacyHeaders: false });
}

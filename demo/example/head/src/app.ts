import express, { type Express } from "express";
import type pg from "pg";
import { requireUser } from "./auth.ts";
import type { Config } from "./config.ts";
import { errorHandler, notFound } from "./errors.ts";
import { ordersRouter } from "./orders/routes.ts";

const MAX_BODY = "64kb";

export interface AppDependencies {
  readonly config: Config;
  readonly pool: pg.Pool;
  readonly now: () => number;
}

/** The whole HTTP surface, without listening. Rate limits and TLS are the gateway's. */
export function createApp({ config, pool, now }: AppDependencies): Express {
  const app = express();
  app.disable("x-powered-by");

  app.get("/healthz", (_req, res) => {
    res.json({ status: "ok" });
  });
  app.get("/readyz", async (_req, res) => {
    await pool.query("SELECT 1");
    res.json({ status: "ready" });
  });

  app.use(express.json({ limit: MAX_BODY }));
  app.use((_req, res, next) => {
    res.set({
      "cache-control": "no-store",
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "x-content-type-options": "nosniff",
    });
    next();
  });

  app.use("/v1", requireUser(config.sessionKey, now), ordersRouter({ config, pool }));
  app.use(() => {
    throw notFound("This path");
  });
  app.use(errorHandler);
  return app;
}

import express from "express";
import { rateLimit } from "express-rate-limit";
import { authRouter } from "./auth/router.js";
import { profileRouter } from "./profile/router.js";
import type { Services } from "./services.js";

/** Guessing and flooding: ten tries in a quarter of an hour for each address. */
const credentialLimit = rateLimit({ windowMs: 15 * 60_000, limit: 10, standardHeaders: "draft-7" });

export function createApp(services: Services): express.Express {
  const app = express();
  app.set("trust proxy", 1);
  app.use(express.json({ limit: "20kb" }));
  app.use("/auth", credentialLimit, authRouter(services));
  app.use("/profile", profileRouter(services));
  return app;
}

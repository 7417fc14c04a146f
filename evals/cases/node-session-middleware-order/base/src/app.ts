import express from "express";
import { rateLimiter } from "./http/rate-limiter.js";
import { sessions } from "./http/sessions.js";
import { searchRouter } from "./search/router.js";
import type { Services } from "./services.js";

export function createApp(services: Services): express.Express {
  const app = express();
  app.set("trust proxy", 1);
  app.use(rateLimiter());
  app.use(sessions(services));
  app.use("/v1/search", searchRouter(services));
  return app;
}

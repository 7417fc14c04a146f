import express from "express";
import session from "express-session";
import helmet from "helmet";
import type { AppConfig } from "./config.js";
import { corsPolicy } from "./http/cors.js";
import { accountsRouter } from "./accounts/router.js";

export function createApp(config: AppConfig): express.Express {
  const app = express();
  app.use(helmet());
  app.use(corsPolicy(config));
  app.use(
    session({
      secret: config.sessionSecret,
      resave: false,
      saveUninitialized: false,
      cookie: { httpOnly: true, secure: true, sameSite: "none" },
    }),
  );
  app.use(express.json({ limit: "100kb" }));
  app.use("/v1/accounts", accountsRouter());
  return app;
}

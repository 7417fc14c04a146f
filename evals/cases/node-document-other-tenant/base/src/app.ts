import express from "express";
import { Pool } from "pg";
import { sessions } from "./auth/sessions.js";
import { documentsRouter } from "./documents/router.js";
import { DocumentStore } from "./documents/store.js";
import { errorHandler } from "./http/errors.js";

export function createApp(pool: Pool): express.Express {
  const app = express();
  app.use(sessions(pool));
  app.use("/v1/documents", documentsRouter(new DocumentStore(pool)));
  app.use(errorHandler);
  return app;
}

import express from "express";
import { contactsRouter } from "./contacts/router.js";
import { requireUser } from "./auth/require-user.js";
import type { ContactStore } from "./contacts/store.js";

export function createApp(store: ContactStore): express.Express {
  const app = express();
  app.use(express.json({ limit: "100kb" }));
  app.use("/v1/contacts", requireUser, contactsRouter(store));
  return app;
}

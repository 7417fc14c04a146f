import { Router } from "express";
import { requireSession } from "../auth/require-session.js";
import type { Services } from "../services.js";

export function profileRouter(services: Services): Router {
  const router = Router();
  router.use(requireSession(services));
  router.get("/", (request, response) => response.json({ id: request.userId }));
  return router;
}

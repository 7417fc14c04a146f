import { Router } from "express";
import { z } from "zod";
import { currentUser, requireUser } from "../auth/require-user.js";
import type { DocumentStore } from "./store.js";

const listQuery = z.object({ limit: z.coerce.number().int().min(1).max(100).default(50) });

export function documentsRouter(store: DocumentStore): Router {
  const router = Router();
  router.use(requireUser);

  router.get("/", async (request, response, next) => {
    try {
      const { limit } = listQuery.parse(request.query);
      const rows = await store.listFor(currentUser(request).organisationId, limit);
      response.json({ documents: rows.map(({ id, name, contentType }) => ({ id, name, contentType })) });
    } catch (error) {
      next(error);
    }
  });

  return router;
}

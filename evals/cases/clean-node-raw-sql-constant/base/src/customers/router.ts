import { Router } from "express";
import { z } from "zod";
import { requireUser } from "../auth/require-user.js";
import { asyncRoute } from "../http/async-route.js";
import { listCustomers } from "./list.js";
import type { Pool } from "pg";

const query = z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) });

export function customersRouter(pool: Pool): Router {
  const router = Router();
  router.get(
    "/",
    requireUser,
    asyncRoute(async (request, response) => {
      const { limit } = query.parse(request.query);
      response.json({ customers: await listCustomers(pool, request.user.tenantId, limit) });
    }),
  );
  return router;
}

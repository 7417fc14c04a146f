import { Router } from "express";
import { z } from "zod";
import { requireUser } from "../auth/require-user.js";
import { asyncRoute } from "../http/async-route.js";
import { search } from "./search.js";
import type { SearchIndex } from "./search-index.js";
import type { SearchLog } from "./search-log.js";

const query = z.object({ q: z.string().trim().min(1).max(200) });

export function searchRouter(index: SearchIndex, log: SearchLog): Router {
  const router = Router();
  router.get(
    "/",
    requireUser,
    asyncRoute(async (request, response) => {
      const { q } = query.parse(request.query);
      response.json({ ids: await search(index, log, request.user.id, q) });
    }),
  );
  return router;
}

import { Router } from "express";
import { asyncRoute } from "../http/async-route.js";
import { requireUser } from "../auth/require-user.js";
import type { PreferenceStore } from "./store.js";

export function preferencesRouter(store: PreferenceStore): Router {
  const router = Router();
  router.use(requireUser);
  router.get(
    "/",
    asyncRoute(async (request, response) => {
      response.json(await store.read(request.user.id));
    }),
  );
  return router;
}

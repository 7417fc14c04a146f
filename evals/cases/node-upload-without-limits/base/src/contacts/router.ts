import { Router } from "express";
import { z } from "zod";
import type { ContactStore } from "./store.js";

export const contactSchema = z.object({ name: z.string().trim().min(1).max(200), email: z.string().email().max(254) });

export function contactsRouter(store: ContactStore): Router {
  const router = Router();
  router.post("/", async (request, response) => {
    const input = contactSchema.safeParse(request.body);
    if (!input.success) return void response.status(422).json({ error: "invalid_contact" });
    const added = await store.addAll(request.user.id, [input.data]);
    response.status(added === 1 ? 201 : 200).end();
  });
  return router;
}

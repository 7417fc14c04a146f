import { Router } from "express";
import { z } from "zod";
import type { Services } from "../services.js";

const credentials = z.object({ email: z.string().email().max(254), password: z.string().min(1).max(200) });

export function authRouter({ users, sessions }: Services): Router {
  const router = Router();
  router.post("/login", async (request, response) => {
    const input = credentials.safeParse(request.body);
    if (!input.success) return void response.status(422).json({ error: "invalid_input" });
    const user = await users.verify(input.data.email, input.data.password);
    if (user === null) return void response.status(401).json({ error: "bad_credentials" });
    response.json({ token: await sessions.start(user.id) });
  });
  return router;
}

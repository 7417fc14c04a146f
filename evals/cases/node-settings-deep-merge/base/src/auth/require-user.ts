import type { RequestHandler } from "express";
import { sessionOf } from "./sessions.js";

interface SessionUser {
  readonly id: string;
  readonly isAdmin?: boolean;
}

export const requireUser: RequestHandler = async (request, response, next) => {
  const session = await sessionOf(request);
  if (session === null) return void response.status(401).json({ error: "unauthenticated" });
  const user: SessionUser = session.isAdmin ? { id: session.userId, isAdmin: true } : { id: session.userId };
  request.user = user;
  next();
};

export const requireAdmin: RequestHandler = (request, response, next) => {
  if (!request.user?.isAdmin) return void response.status(403).json({ error: "forbidden" });
  next();
};

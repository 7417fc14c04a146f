import type { Request, RequestHandler } from "express";

export interface User {
  readonly id: string;
  readonly organisationId: string;
}

/** Answers 401 unless the session middleware has found a user. */
export const requireUser: RequestHandler = (request, response, next) => {
  if (request.session?.user === undefined) {
    response.status(401).json({ error: { code: "unauthenticated" } });
    return;
  }
  next();
};

export function currentUser(request: Request): User {
  const user = request.session?.user;
  if (user === undefined) throw new Error("currentUser without requireUser");
  return user;
}

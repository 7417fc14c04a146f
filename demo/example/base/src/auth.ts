import { createHmac, timingSafeEqual } from "node:crypto";
import type { NextFunction, Request, RequestHandler, Response } from "express";
import { z } from "zod";
import { HttpError } from "./errors.ts";

const Session = z.object({
  sub: z.uuid(),
  role: z.enum(["customer", "support"]),
  exp: z.number().int(),
});

export interface User {
  readonly id: string;
  readonly role: "customer" | "support";
}

/** Puts the caller into `res.locals`, or answers 401. */
export function requireUser(sessionKey: Buffer, now: () => number): RequestHandler {
  return (req: Request, res: Response, next: NextFunction) => {
    const [scheme, token] = (req.get("authorization") ?? "").split(" ");
    const session = scheme === "Bearer" && token !== undefined ? verify(token, sessionKey) : null;
    if (session === null || session.exp * 1000 <= now()) {
      throw new HttpError(401, "unauthenticated", "A valid session token is required");
    }

    res.locals["user"] = { id: session.sub, role: session.role } satisfies User;
    next();
  };
}

export function currentUser(res: Response): User {
  return res.locals["user"] as User;
}

/** Customers see what is theirs, support sees everything. */
export function maySee(user: User, customerId: string): boolean {
  return user.role === "support" || user.id === customerId;
}

function verify(token: string, sessionKey: Buffer): z.infer<typeof Session> | null {
  const [payload, signature] = token.split(".");
  if (payload === undefined || signature === undefined) return null;

  const expected = createHmac("sha256", sessionKey).update(payload).digest();
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;

  const parsed = Session.safeParse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
  return parsed.success ? parsed.data : null;
}

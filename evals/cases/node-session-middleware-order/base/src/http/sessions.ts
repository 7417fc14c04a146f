import type { RequestHandler } from "express";
import type { Services } from "../services.js";

/** Sets `request.userId` where the cookie names a live session; anonymous requests go on without. */
export function sessions({ sessionStore }: Services): RequestHandler {
  return (request, _response, next) => {
    const token = /(?:^|; )sid=([\w-]{43})(?:;|$)/.exec(request.headers.cookie ?? "")?.[1];
    if (token === undefined) return next();
    sessionStore.find(token).then((session) => {
      if (session !== null) request.userId = session.userId;
      next();
    }, next);
  };
}

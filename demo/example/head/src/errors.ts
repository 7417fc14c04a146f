import type { NextFunction, Request, Response } from "express";
import { ZodError } from "zod";

/** A failure the client is told about, as application/problem+json. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function notFound(what: string): HttpError {
  return new HttpError(404, "not_found", `${what} does not exist`);
}

// Express recognises an error handler by its four parameters.
export function errorHandler(error: unknown, req: Request, res: Response, _next: NextFunction): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }

  if (error instanceof HttpError) {
    sendProblem(res, error.status, error.code, error.message);
    return;
  }

  if (error instanceof ZodError) {
    const first = error.issues[0];
    const where = first === undefined ? "request" : first.path.join(".");
    sendProblem(res, 400, "invalid_request", `${where}: ${first?.message ?? "not valid"}`);
    return;
  }

  // What express.json() throws for a body that is not JSON.
  if (error instanceof SyntaxError && "status" in error) {
    sendProblem(res, 400, "invalid_json", "The body is not valid JSON");
    return;
  }

  console.error({ method: req.method, path: req.path, error }, "request failed");
  sendProblem(res, 500, "internal", "Something went wrong on our side");
}

function sendProblem(res: Response, status: number, code: string, detail: string): void {
  res.status(status).type("application/problem+json").send(JSON.stringify({ status, code, detail }));
}

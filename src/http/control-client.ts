/** The other end of the control socket. */
import { request } from "node:http";
import { z } from "zod";
import { messageOf, UserError } from "../domain/errors.ts";
import { type JobDesk, listedJobSchema, retryOutcomeSchema } from "../domain/listed-job.ts";

const TIMEOUT_MS = 30_000;
/** The last two: of a path that is too long for a socket, where no server could make one either. */
const NOBODY: ReadonlySet<string> = new Set(["ENOENT", "ECONNREFUSED", "EINVAL", "ENAMETOOLONG"]);

const listSchema = z.object({ jobs: z.array(listedJobSchema) });

/** The jobs of the server that listens at this socket, or null when none does. @throws UserError when it answers badly. */
export async function controlDesk(path: string): Promise<JobDesk | null> {
  try {
    await ask(path, "GET", "/jobs?state=running");
  } catch (error) {
    if (NOBODY.has(codeOf(error))) return null;
    throw new UserError(`${path}: the server does not answer: ${messageOf(error)}`, { cause: error });
  }
  return {
    list: async (state) => {
      const query = state === null ? "" : `?state=${state}`;
      return read(path, listSchema, await ask(path, "GET", `/jobs${query}`)).jobs;
    },
    retry: async (id) =>
      read(path, retryOutcomeSchema, await ask(path, "POST", `/jobs/${encodeURIComponent(id)}/retry`)),
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function read<T>(path: string, schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const said = text.slice(0, 200).trim();
    throw new UserError(`${path}: the server answered what this release cannot read: ${said}`, {
      cause: error,
    });
  }
}

function ask(path: string, method: "GET" | "POST", target: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const sent = request({ socketPath: path, path: target, method, signal }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.once("error", reject).once("end", () => resolve(text));
    });
    sent.once("error", reject).end();
  });
}

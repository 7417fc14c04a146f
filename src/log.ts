/** The server's log, which says no secret. */
import { type Logger, pino } from "pino";
import pretty from "pino-pretty";
import { type Redactor, redactJson } from "./domain/secret-redaction.ts";
import type { ServerEnv } from "./env.ts";

/** Every line passes the redactor as a whole, whatever field or fault brought the secret in. */
export function openLog(env: Pick<ServerEnv, "logLevel" | "logFormat">, redact: Redactor): Logger {
  const options = {
    level: env.logLevel,
    base: null,
    hooks: { streamWrite: (line: string) => endedLine(redactJson(redact, line)) },
  };
  return env.logFormat === "pretty" ? pino(options, pretty({ sync: true })) : pino(options);
}

/** What was parsed and written again has lost its newline. */
function endedLine(line: string): string {
  return line.endsWith("\n") ? line : `${line}\n`;
}

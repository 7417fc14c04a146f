/** The server's log, which says no secret. */
import { type Logger, type LoggerOptions, pino } from "pino";
import pretty from "pino-pretty";
import { type Redactor, redactJson } from "./domain/secret-redaction.ts";
import type { ServerEnv } from "./env.ts";

export function openLog(env: Pick<ServerEnv, "logLevel" | "logFormat">, redact: Redactor): Logger {
  const options = logOptions(env.logLevel, redact);
  return env.logFormat === "pretty" ? pino(options, pretty({ sync: true })) : pino(options);
}

/** Every line passes the redactor as a whole, whatever field or fault brought the secret in. */
export function logOptions(level: ServerEnv["logLevel"], redact: Redactor): LoggerOptions {
  return { level, base: null, hooks: { streamWrite: (line) => endedLine(redactJson(redact, line)) } };
}

/** What was parsed and written again has lost its newline. */
function endedLine(line: string): string {
  return line.endsWith("\n") ? line : `${line}\n`;
}

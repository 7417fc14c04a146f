/** What this process must never say, taken from its environment. */
import { type OwnSecret, type Redactor, redactorFor } from "./domain/secret-redaction.ts";
import type { ServerEnv } from "./env.ts";

export function serverRedactor(
  env: Pick<ServerEnv, "privateKey" | "webhookSecret" | "review" | "databaseUrl">,
): Redactor {
  return redactorFor([
    { kind: "private-key", value: env.privateKey },
    { kind: "webhook-secret", value: env.webhookSecret },
    { kind: "anthropic-key", value: env.review.apiKey ?? "" },
    ...databasePassword(env.databaseUrl),
  ]);
}

/** For what the command line says before, or without, a checked environment. */
export function commandRedactor(raw: Readonly<Record<string, string | undefined>>): Redactor {
  return redactorFor([
    { kind: "private-key", value: raw["PRIVATE_KEY"] ?? "" },
    { kind: "webhook-secret", value: raw["WEBHOOK_SECRET"] ?? "" },
    { kind: "anthropic-key", value: raw["ANTHROPIC_API_KEY"] ?? "" },
    ...databasePassword(raw["DATABASE_URL"]),
  ]);
}

function databasePassword(address: string | undefined): readonly OwnSecret[] {
  const written = address === undefined ? null : URL.parse(address)?.password;
  return written ? [{ kind: "database-password", value: decodeURIComponent(written) }] : [];
}

import { z } from "zod";

const Environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  SESSION_KEY: z.string().regex(/^[0-9a-f]{64}$/, "64 hex digits"),
  PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  SHOP_TIME_ZONE: z.string().default("Europe/Berlin"),
  REPORTING_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .default("postgres://orders_report:Winter-Harbour-2291@orders-replica.internal:5432/orders"),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(50).default(10),
});

export interface Config {
  readonly databaseUrl: string;
  readonly databasePoolSize: number;
  readonly reportingDatabaseUrl: string;
  readonly sessionKey: Buffer;
  readonly port: number;
  readonly shopTimeZone: string;
}

export function readConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = Environment.safeParse(env);
  if (!parsed.success) {
    throw new Error(`The environment is not usable:\n${z.prettifyError(parsed.error)}`);
  }

  return {
    databaseUrl: parsed.data.DATABASE_URL,
    databasePoolSize: parsed.data.DATABASE_POOL_SIZE,
    reportingDatabaseUrl: parsed.data.REPORTING_DATABASE_URL,
    sessionKey: Buffer.from(parsed.data.SESSION_KEY, "hex"),
    port: parsed.data.PORT,
    shopTimeZone: parsed.data.SHOP_TIME_ZONE,
  };
}

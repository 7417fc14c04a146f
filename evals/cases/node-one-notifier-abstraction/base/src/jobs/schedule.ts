import cron from "node-cron";
import type { Logger } from "pino";

export function every(expression: string, name: string, log: Logger, job: () => Promise<void>): void {
  cron.schedule(
    expression,
    () => {
      job().catch((error: unknown) => log.error({ error, job: name }, "job failed"));
    },
    { timezone: "UTC", name, noOverlap: true },
  );
}

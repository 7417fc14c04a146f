import { createApp } from "./app.ts";
import { readConfig } from "./config.ts";
import { createPool } from "./db.ts";

const DRAIN_MS = 20_000;

const config = readConfig(process.env);
const pool = createPool(config.databaseUrl, config.databasePoolSize);
const app = createApp({ config, pool, now: Date.now });

const server = app.listen(config.port, () => {
  console.log(JSON.stringify({ msg: "listening", port: config.port }));
});

function drain(signal: NodeJS.Signals): void {
  console.log(JSON.stringify({ msg: "draining", signal }));

  const deadline = setTimeout(() => process.exit(1), DRAIN_MS);
  deadline.unref();

  server.close(() => {
    pool.end().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error({ error }, "the database pool did not close");
        process.exit(1);
      },
    );
  });
}

process.once("SIGTERM", drain);
process.once("SIGINT", drain);

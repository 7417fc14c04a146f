/** `plumbline jobs`: finds out where the jobs are, in a database, behind a running server or in its folder, and shows them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "./domain/errors.ts";
import type { JobDesk, JobState, RetryOutcome } from "./domain/listed-job.ts";
import { readStoreEnv, type StoreEnv } from "./env.ts";
import { controlDesk } from "./http/control-client.ts";
import { CONTROL_SOCKET } from "./http/control-server.ts";
import { type JobFormat, renderJobs } from "./local/job-table.ts";
import { painter } from "./local/terminal.ts";
import { jobDesk } from "./queue/job-list.ts";
import { openStore } from "./queue/store.ts";
import { visitPostgres } from "./queue/visit.ts";

export interface JobsOptions {
  readonly state?: JobState;
  readonly format: JobFormat;
}

export interface JobsWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: NodeJS.WriteStream;
}

/** @throws UserError when the jobs cannot be reached. */
export async function listJobs(options: JobsOptions, { env, stdout }: JobsWorld): Promise<void> {
  const jobs = await withDesk(readStoreEnv(env), (desk) => desk.list(options.state ?? null));
  stdout.write(renderJobs(options.format, jobs, new Date(), painter(stdout)));
}

/** @throws UserError when the jobs cannot be reached, or there is none of this id that has failed. */
export async function retryJob(id: string, { env, stdout }: JobsWorld): Promise<void> {
  const outcome = await withDesk(readStoreEnv(env), (desk) => desk.retry(id));
  stdout.write(`${wordsFor(id, outcome)}\n`);
}

function wordsFor(id: string, outcome: RetryOutcome): string {
  switch (outcome.kind) {
    case "retried":
      return `${id} waits for a worker again`;
    case "covered":
      return `nothing to do: ${outcome.by} waits for the same pull request already`;
    case "not-failed":
      throw new UserError(`job ${id} is ${outcome.state}: only one that has failed can be retried`);
    case "unknown":
      throw new UserError(`there is no job ${id} (plumbline jobs --state failed lists those to retry)`);
  }
}

async function withDesk<T>(env: StoreEnv, work: (desk: JobDesk) => Promise<T>): Promise<T> {
  if (env.databaseUrl !== undefined) {
    const visit = await visitPostgres(env.databaseUrl);
    try {
      return await work(jobDesk(visit.database));
    } finally {
      await visit.close();
    }
  }
  const running = await controlDesk(join(env.dataDir, CONTROL_SOCKET));
  return running === null ? inFolder(env.dataDir, work) : work(running);
}

/** No server runs, or the folder is locked and this says so. */
async function inFolder<T>(dataDir: string, work: (desk: JobDesk) => Promise<T>): Promise<T> {
  // Looking must not make a database where there is none.
  if (!existsSync(join(dataDir, "pglite")))
    throw new UserError(`PLUMBLINE_DATA_DIR ${dataDir} holds no jobs: is it the folder of the server?`);
  // Of the upkeep in the background, which the next start of the server does again.
  const onFault = () => undefined;
  const store = await openStore({ databaseUrl: undefined, dataDir, onFault });
  try {
    return await work(jobDesk(store.database));
  } finally {
    await store.close();
  }
}

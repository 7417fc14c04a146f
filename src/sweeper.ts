/** The loop around the sweep: at the start, every ten minutes and when something calls for it, one replica at a time. */
import { LimitError, messageOf, RetryableError } from "./domain/errors.ts";
import { installationClient } from "./github/client.ts";
import { checkCloser, deliveryRecord, installedCode } from "./github/recovery.ts";
import { installationScope, pauseInstallation } from "./installations.ts";
import type { Store } from "./queue/store.ts";
import { sweepRecords } from "./queue/sweep-records.ts";
import { type SweepReport, type SweepScope, sweep } from "./review/sweep.ts";
import type { SweepMemory, SweepPorts } from "./review/sweep-ports.ts";
import type { SweepFault } from "./review/sweep-round.ts";
import type { ServerWiring } from "./wiring.ts";

export interface Sweeper {
  /** Asks for the check runs to be looked at, and the pull requests of this installation, if one is named. Never throws. */
  readonly soon: (installationId?: number) => void;
  /** Breaks a sweep off. */
  readonly stop: () => Promise<void>;
}

export interface SweeperWiring {
  readonly server: ServerWiring;
  readonly store: Store;
}

const PAUSE_MS = 10 * 60_000;
/** Calls that come together are one sweep. */
const SOON_MS = 1_000;
/** A review that was stopped is given this long to conclude its check run itself. */
const CHECKS_SOON_MS = 30_000;
/** Another replica was sweeping, and may have looked there before. */
const AGAIN_MS = 30_000;
/** Whatever hangs does not hold the lock for ever. */
const SWEEP_TIMEOUT_MS = 30 * 60_000;

export function startSweeper(wiring: SweeperWiring): Sweeper {
  const ports = portsOf(wiring);
  const memory: SweepMemory = { repeatedAt: new Map(), lookedAt: new Map() };
  const stopping = new AbortController();
  let last: Promise<unknown> = Promise.resolve();
  const run = (scope: SweepScope | InTurn) => {
    const next = last.then(() => sweepAlone(wiring, ports, memory, scope, stopping.signal));
    last = next;
    return next;
  };

  let regular: NodeJS.Timeout | undefined;
  const sweepRegularly = async (kind: "everything" | "in turn") => {
    await run({ kind });
    if (!stopping.signal.aborted)
      regular = setTimeout(() => void sweepRegularly("in turn"), PAUSE_MS).unref();
  };
  // Whoever starts may have been away for long, whatever the others did meanwhile.
  void sweepRegularly("everything");
  const extra = extraSweeps(run);
  return {
    soon: extra.soon,
    stop: async () => {
      stopping.abort(new Error("the server is stopping"));
      clearTimeout(regular);
      extra.stop();
      await last;
    },
  };
}

type Swept = "swept" | "busy" | "failed";

function extraSweeps(run: (scope: SweepScope) => Promise<Swept>) {
  const asked = new Set<number>();
  let next: { readonly timer: NodeJS.Timeout; readonly due: number } | undefined;
  let isStopped = false;
  const sweepAsked = async () => {
    next = undefined;
    const installationIds = new Set(asked);
    asked.clear();
    if ((await run({ kind: "some", installationIds })) === "busy") schedule(installationIds, AGAIN_MS);
  };
  const schedule = (installationIds: Iterable<number>, ms: number) => {
    for (const id of installationIds) asked.add(id);
    const due = performance.now() + ms;
    if (isStopped || (next !== undefined && next.due <= due)) return;
    clearTimeout(next?.timer);
    next = { timer: setTimeout(() => void sweepAsked(), ms).unref(), due };
  };
  return {
    soon: (installationId?: number) =>
      installationId === undefined ? schedule([], CHECKS_SOON_MS) : schedule([installationId], SOON_MS),
    stop: () => {
      isStopped = true;
      clearTimeout(next?.timer);
    },
  };
}

function portsOf({ server, store }: SweeperWiring): SweepPorts {
  const appClient = () => server.probot.auth();
  const clientOf = async (installationId: number) => {
    const held = await server.pauses.find(installationScope(installationId));
    if (held !== null)
      throw new RetryableError(`the installation has to pause: ${held.reason}`, { cause: held });
    return installationClient(server.probot, installationId, server.traffic);
  };
  return {
    deliveries: deliveryRecord(appClient),
    code: installedCode(appClient, clientOf),
    checks: checkCloser(clientOf),
    records: sweepRecords(store.database, server.ledger),
    addReview: (job) => server.queue.addReview(job),
    now: () => new Date(),
    random: Math.random,
  };
}

/** Everything, unless a replica has just done so. */
interface InTurn {
  readonly kind: "in turn";
}

/** The replicas share the regular sweeps: after one there is none for most of the pause. */
const TURN = "sweep";
const TURN_MS = 0.9 * PAUSE_MS;

async function nextTurn({ pauses }: ServerWiring): Promise<void> {
  await pauses.pause(TURN, new Date(Date.now() + TURN_MS), "swept", 0);
}

async function sweepIfDue(
  server: ServerWiring,
  ports: SweepPorts,
  memory: SweepMemory,
  scope: SweepScope | InTurn,
  signal: AbortSignal,
): Promise<SweepReport | null> {
  if (scope.kind === "some") return endingWith(signal, sweep(ports, memory, scope, signal));
  if (scope.kind === "in turn" && (await server.pauses.find(TURN)) !== null) return null;
  const report = await endingWith(signal, sweep(ports, memory, { kind: "everything" }, signal));
  await nextTurn(server);
  return report;
}

/** Never rejects: whatever goes wrong is logged, and the next sweep tries again. */
async function sweepAlone(
  wiring: SweeperWiring,
  ports: SweepPorts,
  memory: SweepMemory,
  scope: SweepScope | InTurn,
  stopping: AbortSignal,
): Promise<Swept> {
  const { log } = wiring.server;
  const started = performance.now();
  try {
    stopping.throwIfAborted();
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(SWEEP_TIMEOUT_MS)]);
    const report = await wiring.store.alone(() => sweepIfDue(wiring.server, ports, memory, scope, signal));
    if (report === null) {
      log.debug("another replica sweeps, or has just swept");
      return "busy";
    }
    for (const fault of report.faults) await noteFault(wiring, fault);
    const { faults, ...counts } = report;
    const ms = Math.round(performance.now() - started);
    log.info({ scope: scope.kind, ...counts, faults: faults.length, ms }, "swept");
    return "swept";
  } catch (error) {
    log[stopping.aborted ? "debug" : "error"]({ reason: messageOf(error) }, "sweep broken off");
    return "failed";
  }
}

/** Rejects with the signal, even where something below does not listen to it: Octokit sleeps before it repeats a request. */
function endingWith<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  work.then(resolve, reject);
  return promise;
}

/** A limit that the sweep has met holds for the reviews of the installation, too. */
async function noteFault(
  { server }: SweeperWiring,
  { step, installationId, error }: SweepFault,
): Promise<void> {
  server.log.warn({ step, installation: installationId, reason: messageOf(error) }, "sweep fault");
  if (error instanceof LimitError && installationId !== null)
    await pauseInstallation(server, installationId, error);
}

// Signed `pull_request` deliveries at fixed times, whatever the answers take: sent by a thread that does nothing else.
import { createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import type { PullRequestState } from "../test/github-double/server.ts";
import { WEBHOOK_SECRET } from "./pull-request-world.ts";

export interface Load {
  readonly bodies: readonly SignedBody[];
  /** One entry a delivery, in the order of sending. */
  readonly deliveries: readonly { readonly guid: string; readonly body: number }[];
}

interface SignedBody {
  readonly bytes: Uint8Array;
  readonly signature: string;
}

/** One entry a delivery, in the order of sending. */
export interface Answers {
  /** 0 where there was none. */
  readonly status: readonly number[];
  /** From the time of the schedule to the end of the answer: a server that holds up the next delivery pays for it. */
  readonly answerMs: readonly number[];
  /** How late the sender itself was: what it cannot blame on the server. */
  readonly lateMs: readonly number[];
}

/** `full` is what GitHub sends; `small` the same without the two repositories inside of `pull_request`. */
export type PayloadSize = "small" | "full";

/** Everything that costs time is made before the first delivery leaves. */
export function makeLoad(pulls: readonly PullRequestState[], size: PayloadSize, count: number): Load {
  const example = examplePayload();
  const actions = ["opened", "synchronize"];
  const bodies = actions.flatMap((action) =>
    pulls.map((pull) => signed(payloadOf(example, pull, size, action))),
  );
  const deliveries = Array.from({ length: count }, (_, at) => ({
    guid: randomUUID(),
    // Each pull request is opened first and pushed to from then on.
    body: at < pulls.length ? at : pulls.length + (at % pulls.length),
  }));
  return { bodies, deliveries };
}

/** What the sending thread is told. */
export interface Sending {
  readonly url: string;
  readonly perSecond: number;
  readonly load: Load;
}

/** The schedule begins once the thread is there. */
export async function sendLoad(url: string, load: Load, perSecond: number): Promise<Answers> {
  const workerData: Sending = { url, perSecond, load };
  const worker = new Worker(new URL("./delivery-sender.ts", import.meta.url), { workerData });
  const answers = await new Promise<Answers>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  await worker.terminate();
  return answers;
}

const json = z.record(z.string(), z.unknown());
const exampleSchema = z.looseObject({ pull_request: json, repository: json });

/** The community's collection of what GitHub sent. */
function examplePayload(): z.infer<typeof exampleSchema> {
  const path = createRequire(import.meta.url).resolve("@octokit/webhooks-examples");
  const all = z
    .array(z.object({ name: z.string(), examples: z.array(z.unknown()) }))
    .parse(JSON.parse(readFileSync(path, "utf8")));
  return exampleSchema.parse(all.find((event) => event.name === "pull_request")?.examples[0]);
}

function payloadOf(
  example: z.infer<typeof exampleSchema>,
  pull: PullRequestState,
  size: PayloadSize,
  action: string,
): object {
  const { repository } = pull;
  const repo = {
    ...example.repository,
    id: repository.id,
    name: repository.name,
    full_name: repository.fullName,
    owner: { ...json.parse(example.repository["owner"]), login: repository.owner },
  };
  const nested = size === "full" ? { repo } : {};
  return {
    ...example,
    action,
    number: pull.number,
    repository: repo,
    installation: { id: repository.installationId, node_id: "MDIzOkludGVncmF0aW9u" },
    pull_request: {
      ...example.pull_request,
      id: pull.id,
      number: pull.number,
      title: pull.title,
      state: pull.state,
      draft: pull.draft,
      head: { ref: pull.headRef, sha: pull.headSha, label: `${repository.owner}:${pull.headRef}`, ...nested },
      base: { ref: pull.baseRef, sha: pull.baseSha, label: `${repository.owner}:${pull.baseRef}`, ...nested },
    },
  };
}

function signed(payload: object): SignedBody {
  const bytes = Buffer.from(JSON.stringify(payload));
  return { bytes, signature: `sha256=${createHmac("sha256", WEBHOOK_SECRET).update(bytes).digest("hex")}` };
}

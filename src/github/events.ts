/** Webhook JSON → what it asks for, in our own words. Only the fields that are used are read. */
import { z } from "zod";
import { parseCommand } from "../domain/command.ts";
import type { PullRequestLocator } from "../domain/pull-request.ts";
import type { Incoming } from "../review/intake.ts";

/** GitHub's names have no other characters; they become parts of addresses and rows. */
const name = z.string().regex(/^[\w.-]{1,200}$/);
const repository = z.object({ id: z.int(), name, owner: z.object({ login: name }) });
const installation = z.object({ id: z.int() });

const pullRequestPayload = z.object({
  action: z.string(),
  repository,
  installation,
  pull_request: z.object({
    number: z.int(),
    state: z.string(),
    draft: z.boolean().optional(),
    head: z.object({ sha: z.string() }).optional(),
  }),
  changes: z.object({ base: z.unknown().optional() }).optional(),
});

const issueCommentPayload = z.object({
  action: z.string(),
  repository,
  installation,
  issue: z.object({
    number: z.int(),
    state: z.string(),
    pull_request: z.unknown().optional(),
    user: z.object({ login: z.string() }).nullish(),
  }),
  comment: z.object({
    id: z.int(),
    body: z.string().nullish(),
    user: z.object({ login: z.string(), type: z.string() }).nullish(),
    performed_via_github_app: z.unknown().optional(),
  }),
});

const checkRunPayload = z.object({
  action: z.string(),
  repository,
  installation,
  check_run: z.object({
    external_id: z.string().nullish(),
    pull_requests: z.array(z.object({ number: z.int() })).optional(),
  }),
});

const installationPayload = z.object({ action: z.string(), installation });

/** `installation` and `installation_repositories` alike. */
export function fromInstallation(payload: unknown): Incoming {
  const parsed = installationPayload.safeParse(payload);
  if (!parsed.success) return malformed(parsed.error);
  return {
    kind: "installation",
    action: parsed.data.action,
    installationId: parsed.data.installation.id,
  };
}

export function fromPullRequest(payload: unknown): Incoming {
  const parsed = pullRequestPayload.safeParse(payload);
  if (!parsed.success) return malformed(parsed.error);
  const { action, pull_request: pull, changes } = parsed.data;
  return {
    kind: "pull-request",
    action,
    locator: locate(parsed.data, pull.number),
    state: pull.state === "closed" ? "closed" : "open",
    draft: pull.draft ?? false,
    baseChanged: changes?.base !== undefined,
    headSha: pull.head?.sha ?? null,
  };
}

export function fromIssueComment(payload: unknown): Incoming {
  const parsed = issueCommentPayload.safeParse(payload);
  if (!parsed.success) return malformed(parsed.error);
  const { action, issue, comment } = parsed.data;
  if (!issue.pull_request) return { kind: "ignored", reason: "the comment is on an issue" };
  const byMachine = comment.user?.type !== "User" || Boolean(comment.performed_via_github_app);
  return {
    kind: "comment",
    action,
    locator: locate(parsed.data, issue.number),
    state: issue.state === "closed" ? "closed" : "open",
    commentId: comment.id,
    login: comment.user?.login ?? "",
    byMachine,
    byAuthor: comment.user?.login !== undefined && comment.user.login === issue.user?.login,
    command: byMachine ? null : parseCommand(storable(comment.body ?? "")),
  };
}

/** PostgreSQL's JSON takes neither NUL nor half of a surrogate pair. */
function storable(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}

export function fromCheckRun(payload: unknown): Incoming {
  const parsed = checkRunPayload.safeParse(payload);
  if (!parsed.success) return malformed(parsed.error);
  const { action, check_run: check } = parsed.data;
  const number = numberOfCheck(check.external_id ?? "") ?? check.pull_requests?.[0]?.number;
  if (number === undefined) return { kind: "ignored", reason: "the check run names no pull request" };
  return { kind: "rerequest", action, locator: locate(parsed.data, number) };
}

/** `check_run.pull_requests` is empty for forks, so our own check runs carry the number in their external id. */
export function checkExternalId(number: number, runId: string): string {
  return `pull-${number}/${runId}`;
}

function numberOfCheck(externalId: string): number | undefined {
  const digits = /^pull-(?<number>\d+)\//.exec(externalId)?.groups?.["number"];
  return digits === undefined ? undefined : Number(digits);
}

function locate(
  payload: { repository: z.infer<typeof repository>; installation: z.infer<typeof installation> },
  number: number,
): PullRequestLocator {
  const { id, name, owner } = payload.repository;
  return { installationId: payload.installation.id, repositoryId: id, owner: owner.login, name, number };
}

function malformed(error: z.ZodError): Incoming {
  const fields = error.issues.slice(0, 3).map((issue) => issue.path.join("."));
  return { kind: "ignored", reason: `the payload lacks ${fields.join(", ")}` };
}

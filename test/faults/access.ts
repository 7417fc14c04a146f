// Cases 22 and 23: the App is locked out, or what it works on has moved.
import assert from "node:assert/strict";
import type { Project } from "../app/project.ts";
import { nothingFound } from "../model-double.ts";
import { eventually, inParts } from "./eventually.ts";
import {
  asked,
  assertOneReview,
  logLines,
  opened,
  ownReviews,
  pathOf,
  quietAfter,
  reviewed,
} from "./evidence.ts";
import { type FaultApp, type FaultCase, PGLITE } from "./fault-case.ts";

export const lostAccess: FaultCase = {
  number: 22,
  title: "Suspended, uninstalled, removed, not permitted",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const app = await context.startApp();
    const parts = await inParts({
      suspended: () => suspended(app),
      uninstalled: () => uninstalled(app),
      "repository removed": () => repositoryRemoved(app),
      "permission missing": () => permissionMissing(app),
      "one 404 that means nothing": () => passing404(app),
    });
    return `${parts} parts: no storm of retries, goes on by itself after the owner's event; one 404 proves nothing`;
  },
};

function installationOf(app: FaultApp, { repository }: Project) {
  return app.github.installation(repository.installationId);
}

async function endsQuietly(app: FaultApp, { pull }: Project, mostRequests: number): Promise<void> {
  const count = await quietAfter(app, pull);
  assert.ok(count <= mostRequests, `${count} requests`);
  assert.equal(ownReviews(pull).length, 0);
}

async function suspended(app: FaultApp): Promise<void> {
  const project = app.openPull();
  const { pull } = project;
  const installation = installationOf(app, project);
  installation.suspended = true;
  await opened(app, pull);
  await endsQuietly(app, project, 3);
  installation.suspended = false;
  await app.github.deliverInstallation(installation.id, "unsuspend");
  await reviewed(app, pull);
  assertOneReview(pull);
}

async function uninstalled(app: FaultApp): Promise<void> {
  const project = app.openPull();
  const installation = installationOf(app, project);
  installation.deleted = true;
  await opened(app, project.pull);
  await endsQuietly(app, project, 3);
}

async function repositoryRemoved(app: FaultApp): Promise<void> {
  const project = app.openPull();
  const { pull, repository } = project;
  const installation = installationOf(app, project);
  installation.repositoryIds.delete(repository.id);
  await opened(app, pull);
  // A first 404 might be GitHub's own trouble: it is asked once more after a minute, and then it is believed.
  await eventually("it is parked", () => logLines(app, "review parked", pull).length === 1);
  await endsQuietly(app, project, 12);
  installation.repositoryIds.add(repository.id);
  await app.github.deliverRepositories(installation.id, "added", [repository]);
  await reviewed(app, pull);
  assertOneReview(pull);
}

async function permissionMissing(app: FaultApp): Promise<void> {
  const project = app.openPull();
  const { pull } = project;
  const installation = installationOf(app, project);
  const { checks: _checks, ...fewer } = installation.permissions;
  const before = installation.permissions;
  installation.permissions = fewer;
  await opened(app, pull);
  await endsQuietly(app, project, 12);
  const [line] = [...logLines(app, "review failed", pull), ...logLines(app, "review ended", pull)];
  assert.match(String(line?.["reason"]), /not accessible by integration|permission/i);
  installation.permissions = before;
  await app.github.deliverInstallation(installation.id, "new_permissions_accepted");
  await reviewed(app, pull);
  assertOneReview(pull);
}

async function passing404(app: FaultApp): Promise<void> {
  const { pull } = app.openPull();
  const effect = { kind: "status", status: 404, body: { message: "Not Found" } } as const;
  app.github.failNext({ path: pathOf(pull, "/pulls/1$"), effect });
  await opened(app, pull);
  await reviewed(app, pull);
  assertOneReview(pull);
}

export const movedRepository: FaultCase = {
  number: 23,
  title: "Renamed, transferred, fork deleted",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const app = await context.startApp();
    await inParts({
      "renamed before the job": () => moved(app, "acme", "renamed-before", "opened"),
      "renamed during the model call": () => moved(app, "acme", "renamed-during", "summary"),
      "transferred during the model call": () => moved(app, "other-owner", "transferred", "summary"),
      "fork deleted": () => forkDeleted(app),
    });
    return "redirects followed, 1 review each; deleted fork reviewed";
  },
};

async function moved(app: FaultApp, owner: string, name: string, when: "opened" | "summary"): Promise<void> {
  const { pull, repository } = app.openPull();
  const move = () => app.github.renameRepository(repository, owner, name);
  app.answerAbout(pull, (question) => {
    if (when === question.question) move();
    return nothingFound(question);
  });
  const payload = await app.github.payloadOf(pull, "opened");
  if (when === "opened") move();
  await app.github.deliver("pull_request", payload);
  await reviewed(app, pull);
  assertOneReview(pull);
}

async function forkDeleted(app: FaultApp): Promise<void> {
  const { pull } = app.openPull();
  pull.headRepository = null;
  await opened(app, pull);
  await asked(app, pull);
  await reviewed(app, pull);
  assertOneReview(pull);
}

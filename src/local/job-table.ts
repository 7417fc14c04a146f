/** The jobs of the server as a table for people, or as JSON. */
import type { JobState, ListedJob } from "../domain/listed-job.ts";
import { showInvisible } from "../domain/untrusted-text.ts";
import { json } from "./formats.ts";
import type { Paint } from "./terminal.ts";

export const JOB_FORMATS = ["pretty", "json"] as const;
export type JobFormat = (typeof JOB_FORMATS)[number];

export function renderJobs(format: JobFormat, jobs: readonly ListedJob[], now: Date, paint: Paint): string {
  if (format === "json") return json({ jobs });
  return jobs.length === 0 ? "no jobs\n" : table(jobs, now, paint);
}

const HEADINGS = ["ID", "STATE", "PULL REQUEST", "INSTALLATION", "ASKED BY", "ATTEMPTS", "AGE", "REASON"];
const COLOUR: Readonly<Record<JobState, Parameters<Paint>[0]>> = {
  waiting: "cyan",
  parked: "yellow",
  running: "green",
  failed: "red",
};

function table(jobs: readonly ListedJob[], now: Date, paint: Paint): string {
  const rows = jobs.map((job) => cells(job, now).map(showInvisible));
  const widths = HEADINGS.map((heading, at) =>
    Math.max(heading.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const last = HEADINGS.length - 1;
  const aligned = (row: readonly string[]) =>
    row.map((cell, at) => (at === last ? cell : cell.padEnd(widths[at] ?? 0)));
  const lines = rows.map((row, at) => {
    const state = jobs[at]?.state ?? "waiting";
    // Painted when it is padded: what sets a colour has no width.
    return aligned(row).map((cell, column) => (column === 1 ? paint(COLOUR[state], cell) : cell));
  });
  const heading = aligned(HEADINGS).map((cell) => paint("bold", cell));
  return [heading, ...lines].map((line) => `${line.join("  ").trimEnd()}\n`).join("");
}

function cells(job: ListedJob, now: Date): readonly string[] {
  return [
    job.id,
    stateText(job, now),
    job.pull_request ?? "unreadable",
    job.installation === null ? "" : String(job.installation),
    job.kind === "command" ? "comment" : (job.trigger ?? ""),
    String(job.attempts),
    span(job.created_at, now),
    job.reason ?? "",
  ];
}

/** `parked 4m`: for so much longer. `running 12s`, `failed 2h`: since then. */
function stateText(job: ListedJob, now: Date): string {
  const time = job.parked_until ?? job.running_since ?? job.failed_at;
  return time === null ? job.state : `${job.state} ${span(time, now)}`;
}

const UNITS = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "m"],
] as const;

/** Between now and then, whichever comes first, in its largest unit. */
function span(time: string, now: Date): string {
  const seconds = Math.round(Math.abs(now.getTime() - new Date(time).getTime()) / 1000);
  const unit = UNITS.find(([size]) => seconds >= size);
  return unit === undefined ? `${seconds}s` : `${Math.floor(seconds / unit[0])}${unit[1]}`;
}

/** The command line: `plumbline review` for a local branch, `plumbline serve` for the GitHub App. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { DEPTHS } from "./domain/depth.ts";
import { messageOf, UserError } from "./domain/errors.ts";
import { JOB_STATES } from "./domain/listed-job.ts";
import { isPass, PASSES, type Pass } from "./domain/pass.ts";
import { DEFAULT_MODEL } from "./env.ts";
import type { JobsOptions } from "./jobs-command.ts";
import { FORMATS } from "./local/formats.ts";
import { JOB_FORMATS } from "./local/job-table.ts";
import { commandRedactor } from "./own-secrets.ts";
import { EXIT, FLOORS, type ReviewOptions, reviewLocally, STAGES } from "./review-command.ts";
import type { SetupOptions } from "./setup-command.ts";
import { VERSION } from "./version.ts";

const EXAMPLES = `
Examples:
  plumbline review                                   this branch against the default branch
  plumbline review --staged                          what the next commit would hold
  plumbline review --base v1.4 --head HEAD --format markdown --output review.md
  plumbline review --passes security,correctness --paths 'src/api/**' 'src/db/**'
  plumbline review --show plan                       what would be reviewed; needs no key
  plumbline review --no-model                        the built-in checks alone; needs no key
  plumbline review --depth quick                     all lenses in one question; about half the price

Exit codes:
  0  nothing at or above --fail-on      2  wrong usage or configuration
  1  findings at or above --fail-on     3  the review is incomplete: something failed or was not covered

Environment:
  ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, PLUMBLINE_MODEL (default ${DEFAULT_MODEL}),
  PLUMBLINE_DEPTH (default standard), PLUMBLINE_REVIEW_BUDGET_USD (default 10)
`;

function program(): Command {
  const plumbline = new Command("plumbline")
    .description(
      "Reviews pull requests in five ordered passes: security, correctness, architecture, performance, maintainability.",
    )
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError("(plumbline review --help lists the options and shows examples)");
  plumbline.addCommand(reviewCommand());
  plumbline
    .command("serve")
    .description("Run the GitHub App server. It is configured by environment variables; see README.md.")
    .action(async () => {
      const { serve } = await import("./main.ts");
      process.exitCode = await serve(process.env);
    });
  plumbline.addCommand(setupCommand());
  plumbline.addCommand(jobsCommand());
  for (const command of plumbline.commands)
    for (const each of [command, ...command.commands])
      each
        .exitOverride()
        .showHelpAfterError(`(plumbline ${command.name()} --help lists the options and shows examples)`);
  return plumbline;
}

function reviewCommand(): Command {
  return new Command("review")
    .description("Review a local branch, the index or the work tree.")
    .option("--repo <dir>", "git work tree or bare repository", ".")
    .option(
      "--base <ref>",
      "the diff starts at the merge base of this and --head (default: the default branch)",
    )
    .option("--head <ref>", "(default: HEAD)")
    .addOption(
      new Option("--staged", "review what is staged instead").conflicts(["base", "head", "worktree"]),
    )
    .addOption(new Option("--worktree", "review what is uncommitted instead").conflicts(["base", "head"]))
    .option("--title <text>", "as the pull request would say (default: from the commits)")
    .option("--description-file <file>", "as the pull request would say (default: from the commits)")
    .addOption(
      new Option("--format <format>", "default: pretty on a terminal, else json").choices([...FORMATS]),
    )
    .option("--output <file>", "write to this file instead of standard output")
    .addOption(
      new Option(
        "--show <stage>",
        "stop after this stage and print it; plan, chunks and prompts need no key",
      ).choices([...STAGES]),
    )
    .option("--passes <list...>", `only these passes, separated by commas: ${PASSES.join(", ")}`, parsePasses)
    .option("--paths <glob...>", "only changed files under these globs or folders")
    .addOption(
      new Option("--fail-on <severity>", "exit with 1 when a finding is at or above this")
        .choices([...FLOORS])
        .default("critical"),
    )
    .addOption(new Option("--depth <depth>", "default: PLUMBLINE_DEPTH, else standard").choices([...DEPTHS]))
    .option("--model <id>", "default: PLUMBLINE_MODEL")
    .option("--no-model", "run the built-in checks alone; needs no key")
    .allowExcessArguments(false)
    .addHelpText("after", EXAMPLES)
    .action(async (options: ReviewOptions) => {
      process.exitCode = await reviewLocally(options, {
        env: process.env,
        stdout: process.stdout,
        stderr: process.stderr,
      });
    });
}

function setupCommand(): Command {
  return new Command("setup")
    .description(
      "Create the GitHub App from app.yml in the browser, and write its credentials to an env file.",
    )
    .requiredOption(
      "--url <url>",
      "where GitHub will reach the server, such as https://plumbline.example.com",
    )
    .option("--org <login>", "create the app for this organisation (default: for yourself)")
    .option(
      "--name <name>",
      "name of the app; names are unique on a GitHub host (default: the one in app.yml)",
    )
    .option("--env-file <file>", "where the credentials go; must not exist yet", ".env")
    .option("--port <number>", "port of the page on loopback; 0 takes a free one", parsePort, 0)
    .action(async (options: SetupOptions) => {
      const { setUpApp } = await import("./setup-command.ts");
      await setUpApp(options, process.env, (line) => process.stderr.write(`${line}\n`));
    });
}

const JOBS_EXAMPLES = `
Examples:
  plumbline jobs                          what waits, runs and was given up, the newest 200
  plumbline jobs --state failed           what was given up, and why
  plumbline jobs retry 5b2f31c6-4f0f-4c39-9d6e-0a6f7c1d2e3b
  plumbline jobs --format json | jq -r '.jobs[] | select(.state == "failed") | .id'

States:
  waiting  starts as soon as a worker is free      running  a worker has it
  parked   waits for a time to come                failed   given up; kept for seven days, retried by hand

Exit codes:
  0  done      2  wrong usage or configuration, or no such job

Environment: DATABASE_URL or PLUMBLINE_DATA_DIR (default ./data), as for the server, whether it runs or not.
`;

function jobsCommand(): Command {
  const jobs = new Command("jobs")
    .description("Show the jobs of the server, and give one that failed another chance.")
    .addOption(new Option("--state <state>", "only these").choices([...JOB_STATES]))
    .addOption(new Option("--format <format>").choices([...JOB_FORMATS]).default("pretty"))
    .addHelpText("after", JOBS_EXAMPLES)
    .action(async (options: JobsOptions) => {
      const { listJobs } = await import("./jobs-command.ts");
      await listJobs(options, { env: process.env, stdout: process.stdout });
    });
  jobs
    .command("retry <id>")
    .description("Put a job that was given up back into the queue, with all its attempts.")
    .action(async (id: string) => {
      const { retryJob } = await import("./jobs-command.ts");
      await retryJob(id, { env: process.env, stdout: process.stdout });
    });
  return jobs;
}

function parsePort(value: string): number {
  const port = Number(value);
  if (!/^\d+$/.test(value) || port > 65_535)
    throw new InvalidArgumentError("A port is a number from 0 to 65535.");
  return port;
}

/** `--passes a,b` and `--passes a b` both work. */
function parsePasses(value: string, before: readonly Pass[] | undefined): readonly Pass[] {
  const words = value
    .split(",")
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== "");
  const passes = words.map((word) => {
    if (!isPass(word))
      throw new InvalidArgumentError(`"${word}" is not a pass; the passes are ${PASSES.join(", ")}.`);
    return word;
  });
  if (passes.length === 0) throw new InvalidArgumentError(`name at least one of ${PASSES.join(", ")}.`);
  return [...(before ?? []), ...passes];
}

/** A reader that closes the pipe (head, less) has seen enough: that is not an error. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

/** Messages quote what they are about: a setting, an address, an answer. */
function complain(message: string): void {
  process.stderr.write(`plumbline: ${commandRedactor(process.env)(message).text}\n`);
}

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.clean : EXIT.usage;
  else if (error instanceof UserError) {
    complain(error.message);
    process.exitCode = EXIT.usage;
  } else {
    // Not foreseen: show where it happened, and never the exit code of a clean review.
    complain(
      `unexpected error: ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}`,
    );
    process.exitCode = EXIT.incomplete;
  }
}

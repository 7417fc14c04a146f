// The command as people call it: the linked one, in a process of its own, with nothing of this environment but the path.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { COMPILE_CACHE, type TempRepository } from "../builders-git.ts";
import type { ModelDouble } from "../model-double.ts";

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly in?: TempRepository;
  readonly model?: ModelDouble;
  readonly env?: Readonly<Record<string, string>>;
}

const BIN = fileURLToPath(new URL("../../node_modules/.bin/", import.meta.url));

export async function plumbline(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const model = options.model;
  const env: Record<string, string> = {
    // The checkout's own Node comes first, as under `npm run`.
    PATH: `${BIN}:${process.env["PATH"] ?? ""}`,
    HOME: "/nonexistent",
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    ...(model === undefined ? {} : { ANTHROPIC_API_KEY: model.apiKey, ANTHROPIC_BASE_URL: model.url }),
    ...options.env,
  };
  const cwd = options.in?.directory ?? "/";
  const child = spawn(`${BIN}plumbline`, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const ran = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (piece: string) => (ran.stdout += piece));
  child.stderr.setEncoding("utf8").on("data", (piece: string) => (ran.stderr += piece));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, ...ran };
}

export function review(args: readonly string[], options: RunOptions): Promise<Ran> {
  return plumbline(["review", ...args], options);
}

// `plumbline serve` as a process of its own, as an operator would start it, with nothing taken from this environment.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface AppProcess {
  readonly webhookUrl: string;
  readonly logs: () => string;
  readonly stop: () => Promise<void>;
}

const LAUNCHER = fileURLToPath(new URL("../bin/plumbline.mjs", import.meta.url));
const START_TIMEOUT_MS = 60_000;

export async function startApp(variables: Readonly<Record<string, string>>): Promise<AppProcess> {
  const env = { PATH: process.env["PATH"] ?? "", HOST: "127.0.0.1", PORT: "0", ...variables };
  const child = spawn(process.execPath, ["--max-semi-space-size=16", LAUNCHER, "serve"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let logs = "";
  const listening = Promise.withResolvers<number>();
  child.stdout.on("data", (piece: Buffer) => {
    logs += piece.toString("utf8");
    const port = /"port":(?<port>\d+).*"msg":"listening"/.exec(logs)?.groups?.["port"];
    if (port !== undefined) listening.resolve(Number(port));
  });
  child.stderr.on("data", (piece: Buffer) => {
    logs += piece.toString("utf8");
  });
  child.once("exit", (code) => listening.reject(new Error(`the server ended with ${code}:\n${logs}`)));
  const timeout = setTimeout(
    () => listening.reject(new Error(`the server is not listening after ${START_TIMEOUT_MS} ms:\n${logs}`)),
    START_TIMEOUT_MS,
  );
  try {
    const port = await listening.promise;
    return {
      webhookUrl: `http://127.0.0.1:${port}/api/github/webhooks`,
      logs: () => logs,
      stop: () => stop(child),
    };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    clearTimeout(timeout);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}

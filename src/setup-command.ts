/** `plumbline setup`: creates the GitHub App from `app.yml` and writes what the server needs to an env file. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { appManifest, envFileText, manifestPage } from "./domain/app-manifest.ts";
import { messageOf, UserError } from "./domain/errors.ts";
import { readHostEnv } from "./env.ts";
import { convertManifest } from "./github/manifest-conversion.ts";
import { openSetupServer, type SetupServer } from "./http/setup-server.ts";

export interface SetupOptions {
  readonly url: string;
  readonly org?: string;
  readonly name?: string;
  readonly envFile: string;
  readonly port: number;
}

const WAIT_MS = 60 * 60_000;

/** @throws UserError when an option is wrong, the env file exists, or GitHub refuses. */
export async function setUpApp(
  options: SetupOptions,
  env: Readonly<Record<string, string | undefined>>,
  say: (line: string) => void,
): Promise<void> {
  const serverUrl = checkUrl(options.url);
  if (existsSync(options.envFile))
    throw new UserError(
      `--env-file ${options.envFile} exists already: name another one, so that no credentials are lost`,
    );
  const host = readHostEnv(env);
  const server = await openServer(options, serverUrl, host.webUrl);
  try {
    say(`Open ${server.url} in a browser that is signed in to ${host.webUrl}, and follow the button.`);
    const code = await Promise.race([server.code, expired()]);
    const app = await convertManifest(host.apiUrl, code, AbortSignal.timeout(60_000));
    // Only this user may read the key.
    writeFileSync(options.envFile, envFileText(app, host), { mode: 0o600, flag: "wx" });
    say(
      `Created ${app.name} (${app.htmlUrl}). APP_ID, PRIVATE_KEY and WEBHOOK_SECRET are in ${options.envFile}.`,
    );
    say(
      `Next: put your ANTHROPIC_API_KEY there, start the server, and install the app: ${app.htmlUrl}/installations/new`,
    );
  } finally {
    server.close();
  }
}

async function openServer(options: SetupOptions, serverUrl: string, webUrl: string): Promise<SetupServer> {
  const state = randomBytes(16).toString("hex");
  const owner = options.org === undefined ? "" : `/organizations/${encodeURIComponent(options.org)}`;
  const appYaml = readFileSync(new URL("../app.yml", import.meta.url), "utf8");
  try {
    return await openSetupServer(state, options.port, (url) => {
      const manifest = appManifest(appYaml, { serverUrl, redirectUrl: `${url}/created`, name: options.name });
      return manifestPage(`${webUrl}${owner}/settings/apps/new`, state, manifest);
    });
  } catch (error) {
    throw new UserError(`the setup page cannot be served: ${messageOf(error)}`, { cause: error });
  }
}

function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["https:", "http:"].includes(url.protocol))
    throw new UserError(`--url ${text} is not an address such as https://plumbline.example.com`);
  return url.origin;
}

async function expired(): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  setTimeout(
    () => reject(new UserError("nobody came back from GitHub within an hour: start again")),
    WAIT_MS,
  ).unref();
  return promise;
}

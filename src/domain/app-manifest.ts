/** The GitHub App manifest: what `app.yml` says plus the addresses of this installation, and the env file that comes out. */
import { parse as parseYaml } from "yaml";
import { z } from "zod";

const appFile = z.object({
  name: z.string(),
  description: z.string(),
  public: z.boolean(),
  default_events: z.array(z.string()),
  default_permissions: z.record(z.string(), z.string()),
});

export interface ManifestPlaces {
  /** Where GitHub reaches the server, without a path. */
  readonly serverUrl: string;
  /** Where the browser comes back to with the code. */
  readonly redirectUrl: string;
  readonly name: string | undefined;
}

export function appManifest(appYaml: string, places: ManifestPlaces) {
  const app = appFile.parse(parseYaml(appYaml));
  return {
    ...app,
    name: places.name ?? app.name,
    url: places.serverUrl,
    redirect_url: places.redirectUrl,
    hook_attributes: { url: `${places.serverUrl}/api/github/webhooks`, active: true },
  };
}

/** GitHub takes a manifest only from a form that a signed-in person submits. `state` comes back with the code. */
export function manifestPage(action: string, state: string, manifest: object): string {
  const value = escapeHtml(JSON.stringify(manifest));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Create the Plumbline app</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:38rem;margin:4rem auto;padding:0 1rem}button{font:inherit;padding:.6rem 1.2rem}</style></head>
<body><h1>Create the GitHub App</h1>
<p>The button hands the app's name, permissions and webhook address to GitHub, which shows them again before anything is created.</p>
<form action="${escapeHtml(`${action}?state=${state}`)}" method="post"><input type="hidden" name="manifest" value="${value}"><button>Continue on GitHub</button></form>
</body></html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

export interface AppCredentials {
  readonly id: number;
  readonly privateKey: string;
  readonly webhookSecret: string;
}

/** One line a variable, as `docker --env-file` and `node --env-file` read them: the key's newlines are escaped. */
export function envFileText(
  app: AppCredentials,
  host: { readonly gheHost: string | undefined; readonly webUrl: string },
): string {
  const lines = [
    `APP_ID=${app.id}`,
    `PRIVATE_KEY=${app.privateKey.trim().replaceAll("\n", "\\n")}`,
    `WEBHOOK_SECRET=${app.webhookSecret}`,
    ...(host.gheHost === undefined
      ? []
      : [`GHE_HOST=${host.gheHost}`, `GHE_PROTOCOL=${new URL(host.webUrl).protocol.slice(0, -1)}`]),
    "ANTHROPIC_API_KEY=",
  ];
  return `${lines.join("\n")}\n`;
}

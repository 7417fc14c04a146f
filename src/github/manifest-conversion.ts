/** Exchanges the code of a submitted manifest for the new app's credentials. GitHub keeps the code for an hour. */
import { Octokit } from "@octokit/rest";
import type { AppCredentials } from "../domain/app-manifest.ts";
import { UserError } from "../domain/errors.ts";
import { reach } from "./client.ts";

export interface CreatedApp extends AppCredentials {
  readonly name: string;
  readonly htmlUrl: string;
}

export async function convertManifest(
  apiUrl: string,
  code: string,
  signal: AbortSignal,
): Promise<CreatedApp> {
  const client = new Octokit({ baseUrl: apiUrl });
  const { data } = await reach("creating the app", signal, () =>
    client.rest.apps.createFromManifest({ code, request: { signal } }),
  );
  if (data.webhook_secret === null)
    throw new UserError(
      "GitHub created the app without a webhook secret: set one on the app's settings page, and WEBHOOK_SECRET to the same",
    );
  return {
    id: data.id,
    name: data.name,
    htmlUrl: data.html_url,
    privateKey: data.pem,
    webhookSecret: data.webhook_secret,
  };
}

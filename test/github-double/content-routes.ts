// Files, directories, blobs and trees of a repository.
import { type Answer, json, notFound, raw, refusal } from "./answer.ts";
import { readBlob, readTree, resolveObject, type TreeEntry } from "./git-directory.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./repository-json.ts";
import { type Call, findRepository, type Route, repositoryAccess, resolveCommit } from "./route.ts";
import type { Repository } from "./state.ts";
import { nodeId } from "./user-json.ts";
import type { World } from "./world.ts";

const READ = repositoryAccess("contents:read");
const MAX_JSON_BYTES = 1024 ** 2; // above it the JSON form has no content, only the raw form does
const MAX_BYTES = 100 * 1024 ** 2;
const MAX_DIRECTORY_ENTRIES = 1000;
const MAX_TREE_ENTRIES = 100_000;

interface Place {
  readonly world: World;
  readonly repository: Repository;
  readonly ref: string;
  readonly tree: ReadonlyMap<string, TreeEntry>;
}

export const contentRoutes: readonly Route[] = [
  { method: "GET", path: "/repos/{owner}/{repo}/contents/{path+}", access: READ, handle: showContent },
  { method: "GET", path: "/repos/{owner}/{repo}/contents", access: READ, handle: showContent },
  { method: "GET", path: "/repos/{owner}/{repo}/git/blobs/{file_sha}", access: READ, handle: showBlob },
  { method: "GET", path: "/repos/{owner}/{repo}/git/trees/{tree_sha+}", access: READ, handle: showTree },
];

async function showContent(call: Call): Promise<Answer> {
  const repository = findRepository(call);
  const ref = call.query.get("ref") ?? repository.defaultBranch;
  const commit = await resolveCommit(repository, ref);
  if (commit === null) throw refusal(404, `No commit found for the ref ${ref}`);
  const place = { world: call.world, repository, ref, tree: await readTree(repository.git, commit) };
  const path = (call.params.path ?? "").replace(/^\/+|\/+$/g, "");
  if (path === "") return showDirectory(place, path, commit, call.accept);
  const entry = place.tree.get(path);
  if (!entry) throw notFound();
  if (entry.type === "tree") return showDirectory(place, path, entry.sha, call.accept);
  if (entry.type === "commit") return json(200, await submoduleJson(place, entry));
  if (entry.mode === "120000") return showSymlink(place, entry, call.accept);
  return showFile(place, entry, entry, call.accept);
}

function showDirectory(place: Place, path: string, sha: string, accept: string): Answer {
  const prefix = path === "" ? "" : `${path}/`;
  const children = [...place.tree.values()].filter(
    (entry) => entry.path.startsWith(prefix) && !entry.path.slice(prefix.length).includes("/"),
  );
  const rows = children
    .slice(0, MAX_DIRECTORY_ENTRIES)
    .map((entry) => entryJson(place, entry, kindOf(entry)));
  if (!/application\/vnd\.github(?:\.v3)?\.object/.test(accept)) return json(200, rows);
  const directory: TreeEntry = { path, mode: "040000", type: "tree", sha, size: null };
  return json(200, { ...entryJson(place, directory, "dir"), entries: rows });
}

/** `shown` is what was asked for, `source` the blob it stands for (they differ for a symlink). */
async function showFile(place: Place, shown: TreeEntry, source: TreeEntry, accept: string): Promise<Answer> {
  const size = source.size ?? 0;
  if (size > MAX_BYTES) throw tooLarge();
  const isRaw = /application\/vnd\.github(?:\.v3)?\.raw/.test(accept);
  if (isRaw)
    return raw("application/vnd.github.raw; charset=utf-8", await readBlob(place.repository.git, source.sha));
  const entry = entryJson(place, { ...shown, sha: source.sha, size }, "file");
  if (size > MAX_JSON_BYTES) return json(200, { ...entry, content: "", encoding: "none" });
  const bytes = await readBlob(place.repository.git, source.sha);
  return json(200, { ...entry, content: base64Lines(bytes), encoding: "base64" });
}

/** A link to a file answers with the target's content, any other link with itself. */
async function showSymlink(place: Place, entry: TreeEntry, accept: string): Promise<Answer> {
  const target = (await readBlob(place.repository.git, entry.sha)).toString();
  const directory = entry.path.split("/").slice(0, -1);
  const source = place.tree.get(joinPath(directory, target) ?? "");
  if (source?.type === "blob" && source.mode !== "120000") return showFile(place, entry, source, accept);
  return json(200, { ...entryJson(place, entry, "symlink"), target });
}

async function submoduleJson(place: Place, entry: TreeEntry): Promise<Record<string, unknown>> {
  const modules = place.tree.get(".gitmodules");
  const text = modules ? (await readBlob(place.repository.git, modules.sha)).toString() : "";
  const section = text.split("[submodule").find((part) => part.includes(`path = ${entry.path}\n`));
  const url = /url = (.+)/.exec(section ?? "")?.[1];
  return {
    ...entryJson(place, entry, "submodule"),
    submodule_git_url: url ?? "https://example.invalid/module.git",
  };
}

async function showBlob(call: Call): Promise<Answer> {
  const repository = findRepository(call);
  const sha = call.params.file_sha ?? "";
  if (!/^[0-9a-f]{40}$/.test(sha))
    throw refusal(422, "The sha parameter must be exactly 40 characters and contain only [0-9a-f].");
  if ((await resolveObject(repository.git, sha, "blob")) === null) throw notFound();
  const bytes = await readBlob(repository.git, sha);
  if (bytes.length > MAX_BYTES) throw tooLarge();
  if (/\.raw/.test(call.accept)) return raw("application/vnd.github.raw; charset=utf-8", bytes);
  const url = `${repositoryUrl(call.world, repository)}/git/blobs/${sha}`;
  const node = nodeId("B", Number.parseInt(sha.slice(0, 8), 16));
  return json(200, {
    sha,
    node_id: node,
    size: bytes.length,
    url,
    content: base64Lines(bytes),
    encoding: "base64",
  });
}

async function showTree(call: Call): Promise<Answer> {
  const repository = findRepository(call);
  const ref = call.params.tree_sha ?? "";
  const sha = await resolveObject(repository.git, ref, "tree");
  if (sha === null) throw notFound();
  const entries = [...(await readTree(repository.git, sha)).values()];
  // Any value of `recursive` counts, even 0 or false.
  const shown = call.query.has("recursive") ? entries : entries.filter((entry) => !entry.path.includes("/"));
  const url = `${repositoryUrl(call.world, repository)}/git`;
  const tree = shown.slice(0, MAX_TREE_ENTRIES).map((entry) => ({
    path: entry.path,
    mode: entry.mode,
    type: entry.type,
    sha: entry.sha,
    ...(entry.size === null ? {} : { size: entry.size }),
    ...(entry.type === "commit" ? {} : { url: `${url}/${entry.type}s/${entry.sha}` }),
  }));
  return json(200, { sha, url: `${url}/trees/${sha}`, tree, truncated: shown.length > MAX_TREE_ENTRIES });
}

function entryJson(place: Place, entry: TreeEntry, type: string): Record<string, unknown> {
  const { world, repository, ref } = place;
  const path = entry.path.split("/").map(encodeURIComponent).join("/");
  const url = `${repositoryUrl(world, repository)}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const kind = type === "dir" ? "tree" : "blob";
  const git = type === "submodule" ? null : `${repositoryUrl(world, repository)}/git/${kind}s/${entry.sha}`;
  const html = `${repositoryHtmlUrl(world, repository)}/${kind}/${encodeURIComponent(ref)}/${path}`;
  const download = `${repositoryHtmlUrl(world, repository)}/raw/${encodeURIComponent(ref)}/${path}`;
  return {
    name: entry.path.split("/").at(-1) ?? "",
    path: entry.path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url,
    html_url: html,
    git_url: git,
    download_url: kind === "blob" && type !== "submodule" ? download : null,
    type,
    _links: { self: url, git, html },
  };
}

function kindOf(entry: TreeEntry): string {
  if (entry.type === "tree") return "dir";
  // In directory listings a submodule is called a file, "for backwards compatibility" (GitHub's description).
  return entry.mode === "120000" ? "symlink" : "file";
}

function joinPath(directory: readonly string[], target: string): string | null {
  if (target.startsWith("/")) return null;
  const parts = [...directory];
  for (const part of target.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return null;
    } else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

/** GitHub breaks base64 into lines of 60 characters. */
function base64Lines(bytes: Buffer): string {
  return bytes.toString("base64").replace(/.{1,60}/g, "$&\n");
}

function tooLarge(): Error {
  const message =
    "This API returns blobs up to 100 MB in size. The requested blob is too large to fetch via the API.";
  return refusal(403, message, { errors: [{ resource: "Blob", field: "data", code: "too_large" }] });
}

/** What a version or range says: whether it is open to anything newer, which major it is, and what lies outside a registry. */

/** Nothing stops the next major: `*`, `latest`, an empty range, `>=` alone. */
export function isOpen(spec: string): boolean {
  const text = short(spec);
  if (/^(?:\*|x|latest|next|LATEST|RELEASE|)$/i.test(text)) return true;
  return /^>=?\s*v?\d/.test(text) && !/[<,]|\s-\s|\|\|/.test(text);
}

/** The leading number of the first version in it; null where there is none. */
export function majorOf(spec: string): number | null {
  const match = /^(?:[\^~=v\s]|==)*(\d{1,9})(?:\.|$|[-+\s])/.exec(short(spec));
  return match === null ? null : Number(match[1]);
}

/** One exact version, without the signs around it; null for a range. */
export function exactVersion(spec: string): string | null {
  return /^(?:={1,3}\s*)?v?(\d+(?:\.\d+){1,3}(?:[-+.]?[\w.+-]+)?)$/.exec(short(spec))?.[1] ?? null;
}

/** A repository, an archive, or a folder above the manifest's repository. */
export function isOutsideRegistry(spec: string, manifestPath: string): boolean {
  const text = short(spec);
  if (/^(?:git|hg|svn|bzr)\+|^(?:git|ssh|https?|ftp):|^git@|^(?:github|gitlab|bitbucket|gist):/i.test(text))
    return true;
  // npm's short form for a repository on GitHub.
  if (/^[A-Za-z0-9][\w.-]*\/[\w.-]+(?:#.*)?$/.test(text)) return true;
  const local = /^(?:file|link|replace):(.*)$/.exec(text)?.[1];
  if (local === undefined) return false;
  if (local.startsWith("/") || local.startsWith("~")) return true;
  // In go.mod, what replaces a module is a folder only where it begins with a dot.
  if (text.startsWith("replace:") && !local.startsWith(".")) return true;
  const folder = manifestPath.split("/").slice(0, -1).length;
  const steps = local.split("/");
  const up = steps.filter((step) => step === "..").length;
  return up > folder;
}

/** Versions and addresses are short; what is not matches nothing slowly. */
function short(spec: string): string {
  return spec.slice(0, 300).trim();
}

/** A posted body within GitHub's limit: what does not fit is cut where it does no harm, and the cut is said. */

/** GitHub refuses a body over 65,536 characters; the rest is room for the marker. */
export const MAX_BODY_CHARACTERS = 64_000;

/** What does not fit is cut at a line end, with open fences and details closed, and the cut is said. */
export function fitBody(body: string, limit = MAX_BODY_CHARACTERS): string {
  if (body.length <= limit) return body;
  const note = "\n\n_The rest did not fit into one GitHub comment; `plumbline review` shows all of it._";
  const room = body.slice(0, limit - note.length - 200);
  // At a line end, because half a code span would set free what stands in it.
  const end = room.lastIndexOf("\n");
  const kept = (end > 0 ? room.slice(0, end) : room).toWellFormed().replace(/\uFFFD$/, "");
  const fence = openFence(kept);
  const details =
    (kept.match(/^<details>/gm)?.length ?? 0) > (kept.match(/^<\/details>/gm)?.length ?? 0)
      ? "\n\n</details>"
      : "";
  return `${kept}${fence === null ? "" : `\n${fence}`}${details}${note}`;
}

/** Only a fence at the margin stays open: one in a list or quote ends with it, and closing it would open another. */
function openFence(text: string): string | null {
  let open: string | null = null;
  for (const line of text.split("\n")) {
    const fence = /^(?<marks>`{3,})/.exec(line)?.groups?.["marks"];
    if (fence === undefined) continue;
    if (open === null) open = fence;
    else if (fence.length >= open.length && line.trim() === fence) open = null;
  }
  return open;
}

/** Wildcards without regular expressions: what a stranger wrote as a pattern costs no more than its length allows. */

/**
 * Matches greedily; on a mismatch only the last star is widened, so the cost is at most the product of both lengths.
 * A stranger may choose the glob and the file names: a regular expression made from `*a*a*a*a*a*a*b` runs for hours.
 */
export function walk<Wanted>(
  pattern: readonly Wanted[],
  parts: readonly string[],
  star: Wanted,
  same: (wanted: Wanted, given: string) => boolean,
): boolean {
  let at = 0;
  let widened: { readonly at: number; from: number } | null = null;
  for (let part = 0; part < parts.length; ) {
    const wanted = pattern[at];
    if (wanted === star) {
      widened = { at, from: part };
      at += 1;
    } else if (wanted !== undefined && same(wanted, parts[part] ?? "")) {
      at += 1;
      part += 1;
    } else if (widened !== null) {
      widened.from += 1;
      at = widened.at + 1;
      part = widened.from;
    } else return false;
  }
  return pattern.slice(at).every((rest) => rest === star);
}

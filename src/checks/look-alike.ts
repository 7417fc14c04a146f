/** Whether a package name is one slip of the finger away from a very popular one. */
import { distance } from "fastest-levenshtein";
import { POPULAR_NAMES } from "./popular-names.ts";

/** Shorter names have too many honest neighbours. */
const MIN_LENGTH = 5;

/** The popular name that it resembles; null when it is popular itself, or resembles none. */
export function resembledName(ecosystem: "npm" | "PyPI", raw: string): string | null {
  const name = ecosystem === "PyPI" ? normalise(raw) : raw.toLowerCase();
  const popular = POPULAR_NAMES[ecosystem];
  if (name.length < MIN_LENGTH || popular.has(name)) return null;
  for (const known of popular) {
    if (known.length < MIN_LENGTH || Math.abs(known.length - name.length) > 1) continue;
    if (isNumbered(name, known)) continue;
    if (distance(name, known) === 1 || isSwap(name, known)) return known;
  }
  return null;
}

/** PEP 503: one name, however it is written. */
function normalise(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** A digit more at the end is a major version in the name ("mysql2"), as a rule an honest one. */
function isNumbered(name: string, known: string): boolean {
  return /^\d$/.test(name.slice(known.length)) && name.startsWith(known);
}

/** Two letters next to each other in the wrong order, which plain edit distance counts as two. */
function isSwap(name: string, known: string): boolean {
  if (name.length !== known.length) return false;
  const at = name.split("").findIndex((letter, index) => letter !== known[index]);
  return (
    at >= 0 &&
    name[at] === known[at + 1] &&
    name[at + 1] === known[at] &&
    name.slice(at + 2) === known.slice(at + 2)
  );
}

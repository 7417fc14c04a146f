// A bare clone with two commits, as a mirror holds it.
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { tempRepository } from "../builders-git.ts";

export interface Clone {
  readonly base: string;
  readonly head: string;
}

export function cloneAt(path: string): Clone {
  const repository = tempRepository("eval-origin");
  repository.write("list.go", "package list\n");
  const base = repository.commit("The list");
  repository.write("list.go", "package list\nlimit := 10\n");
  const head = repository.commit("Limit the list");
  mkdirSync(dirname(path), { recursive: true });
  repository.git("clone", "--quiet", "--bare", repository.directory, path);
  repository.dispose();
  return { base, head };
}

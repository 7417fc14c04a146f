// A pull request of a given size as a real git repository: every file modified in several places.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface GeneratedRepository {
  readonly directory: string;
  readonly remove: () => void;
}

/** `changedLines` counts additions and deletions together, as GitHub does. */
export function generateRepository(files: number, changedLines: number): GeneratedRepository {
  const directory = mkdtempSync(join(tmpdir(), "plumbline-bench-"));
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=bench", "-c", "user.email=bench@example.test", ...args], {
      cwd: directory,
      stdio: "ignore",
    });
  const changes = Math.max(1, Math.round(changedLines / files / 2));
  git("init", "--quiet", "--initial-branch", "main");
  writeTree(directory, files, changes, "base");
  git("add", "--all");
  git("commit", "--quiet", "--message", "base");
  git("checkout", "--quiet", "-b", "change");
  writeTree(directory, files, changes, "head");
  git("commit", "--quiet", "--all", "--message", "change");
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** Between two changed lines stand enough unchanged ones to make some hunks of their own. */
function writeTree(directory: string, files: number, changes: number, side: "base" | "head"): void {
  for (let file = 0; file < files; file++) {
    const folder = join(directory, "src", `module-${file % 20}`);
    mkdirSync(folder, { recursive: true });
    const lines = Array.from({ length: changes * 4 }, (_, at) =>
      lineOf(file, at, at % 4 === 0 && side === "head" ? "replacement" : "original"),
    );
    writeFileSync(join(folder, `handler-${file}.ts`), `${lines.join("\n")}\n`);
  }
}

function lineOf(file: number, at: number, word: string): string {
  return `export const ${word}_${file}_${at} = compute("${word}", ${at}, { retries: ${at % 7}, label: "line ${at}" });`;
}

/** One new file with this text, which is what is measured, beside a small one at base. */
export function hostileRepository(path: string, text: string): GeneratedRepository {
  const directory = mkdtempSync(join(tmpdir(), "plumbline-bench-"));
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=bench", "-c", "user.email=bench@example.test", ...args], {
      cwd: directory,
      stdio: "ignore",
    });
  const write = (name: string, content: string) => {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  };
  git("init", "--quiet", "--initial-branch", "main");
  write("README.md", "# Bench\n");
  git("add", "--all");
  git("commit", "--quiet", "--message", "base");
  git("checkout", "--quiet", "-b", "change");
  write(path, text);
  git("add", "--all");
  git("commit", "--quiet", "--message", "change");
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

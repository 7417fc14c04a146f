/** Loads `prompts/`, which stands beside `src/` and beside `dist/`. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type PromptFile, type PromptLibrary, parsePromptLibrary } from "./domain/prompt-library.ts";

const FOLDER = fileURLToPath(new URL("../prompts/", import.meta.url));

/** @throws PromptFault when a file is missing, doubled or malformed. */
export function loadPrompts(folder = FOLDER): PromptLibrary {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names
    .filter((name) => name.endsWith(".md") && !name.endsWith("README.md"))
    .map(
      (name): PromptFile => ({
        name: name.replaceAll("\\", "/"),
        content: readFileSync(join(folder, name), "utf8"),
      }),
    );
  return parsePromptLibrary(files);
}

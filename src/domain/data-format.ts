/** Formats of data that have no grammar among the parsers, but can be read whole: whether a text of one is right. */
import { parseAllDocuments } from "yaml";

/** The reader of YAML takes about a second for a megabyte, in the thread that answers requests. */
const MAX_YAML_CHARACTERS = 64 * 1024;
/** It also takes a level of the stack for each level of the text. */
const MAX_YAML_DEPTH = 100;

/** Null where the name is of no such format, or the text is too much to be read here. */
export function isValidData(path: string, text: string): boolean | null {
  const name = path.toLowerCase();
  if (name.endsWith(".json")) return isJson(text);
  if (name.endsWith(".yml") || name.endsWith(".yaml")) return isYaml(text);
  return null;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function isYaml(text: string): boolean | null {
  if (text.length > MAX_YAML_CHARACTERS || depthOf(text) > MAX_YAML_DEPTH) return null;
  const documents = parseAllDocuments(text);
  return documents.every((document) => document.errors.length === 0);
}

/** At most how deep the text can be nested: brackets, or indentation and dashes of one line. */
function depthOf(text: string): number {
  let open = 0;
  let deepest = 0;
  for (const line of text.split("\n")) {
    open += line.match(/[[{]/g)?.length ?? 0;
    deepest = Math.max(deepest, open, line.match(/^[\s?:-]*/)?.[0].length ?? 0);
    open -= line.match(/[\]}]/g)?.length ?? 0;
  }
  return deepest;
}

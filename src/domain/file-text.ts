/** Which bytes are the text of a file, and what is said of those that are not. */
import type { FileContent } from "./pull-request.ts";

/** A source file that a person wrote is smaller; what is larger is data, generated or minified. */
export const MAX_FILE_BYTES = 512 * 1024;

export const TOO_LARGE: FileContent = {
  kind: "unreadable",
  reason: `larger than ${MAX_FILE_BYTES / 1024} KiB`,
};
export const NOT_TEXT: FileContent = { kind: "unreadable", reason: "not a text file" };
export const SYMBOLIC_LINK: FileContent = { kind: "unreadable", reason: "a symbolic link" };

/** Git takes a file for binary when there is a NUL that early (buffer_is_binary in xdiff-interface.c). */
const SNIFFED_BYTES = 8_000;

/** The byte order mark stays: it is part of the file's first line. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function fileContent(bytes: Uint8Array): FileContent {
  if (bytes.byteLength > MAX_FILE_BYTES) return TOO_LARGE;
  if (bytes.subarray(0, SNIFFED_BYTES).includes(0)) return NOT_TEXT;
  try {
    return { kind: "text", text: UTF8.decode(bytes) };
  } catch (error) {
    // Latin-1 and the like: guessed letters would be quoted as if they stood there.
    if (error instanceof TypeError) return NOT_TEXT;
    throw error;
  }
}

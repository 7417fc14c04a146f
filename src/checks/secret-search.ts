/** Looks for secrets in one text: our formats, values that their name gives away, and the formats of secretlint. */
import { lintSource } from "@secretlint/core";
import { creator as preset } from "@secretlint/secretlint-rule-preset-recommend";
import { findAssignedSecrets } from "../domain/secret-assignment.ts";
import { findSecrets, isPlaceholder, looksRandom } from "../domain/secret-formats.ts";

export interface SecretPlace {
  /** The name of its finding. */
  readonly rule: string;
  /** For people, with its article. */
  readonly title: string;
  /** Known by its own look, or only by the name it is assigned to. */
  readonly known: "format" | "name";
  readonly start: number;
  readonly end: number;
}

/** In order; where two overlap, the first kind that found it: our formats say best what it is. */
export async function searchSecrets(path: string, text: string): Promise<readonly SecretPlace[]> {
  const own = findSecrets(text).map(
    ({ format, start, end }): SecretPlace => ({
      rule: `secret-${format.name}`,
      title: format.title,
      known: "format",
      start,
      end,
    }),
  );
  const places: SecretPlace[] = [];
  for (const place of [...own, ...besideKeyIds(own, text), ...(await linted(text)), ...assigned(path, text)])
    if (places.every((other) => other.end <= place.start || place.end <= other.start)) places.push(place);
  return places.toSorted((a, b) => a.start - b.start);
}

/** As far as the second half of a pair of AWS keys stands from the first, in characters: about five lines. */
const NEAR = 400;
const AWS_SECRET = /(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g;

/** An AWS secret key has no look of its own; next to a key id nothing else looks like it. */
function besideKeyIds(places: readonly SecretPlace[], text: string): readonly SecretPlace[] {
  return places
    .filter(({ rule }) => rule === "secret-aws-access-key-id")
    .flatMap((id): readonly SecretPlace[] => {
      const from = Math.max(0, id.start - NEAR);
      return [...text.slice(from, id.end + NEAR).matchAll(AWS_SECRET)]
        .filter(([value]) => looksRandom(value) && !isPlaceholder(value))
        .map(({ 0: value, index }) => ({
          rule: "secret-aws-secret-access-key",
          title: "an AWS secret access key",
          known: "format",
          start: from + index,
          end: from + index + value.length,
        }));
    });
}

function assigned(path: string, text: string): readonly SecretPlace[] {
  return findAssignedSecrets(path, text).map(({ start, end }) => ({
    rule: "secret-assigned",
    title: "a secret",
    known: "name",
    start,
    end,
  }));
}

/**
 * Ours know these better, and `filter-comments` would let a pull request switch the search off with a comment.
 */
const NOT_ASKED = ["filter-comments", "basicauth", "database-connection-string", "privatekey"].map(
  (name) => ({
    id: `@secretlint/secretlint-rule-${name}`,
    disabled: true,
  }),
);
const CONFIG = {
  rules: [
    { id: "@secretlint/secretlint-rule-preset-recommend", rule: preset, options: {}, rules: NOT_ASKED },
  ],
};

async function linted(text: string): Promise<readonly SecretPlace[]> {
  const { messages } = await lintSource({
    // The name must not matter: some of its rules look only into files of certain names.
    source: { filePath: "added-lines.txt", content: text, ext: ".txt", contentType: "text" },
    options: { config: CONFIG, noPhysicFilePath: true, maskSecrets: true },
  });
  return messages
    .filter(({ range: [start, end] }) => !isPlaceholder(text.slice(start, end)))
    .map(({ ruleId, range: [start, end] }) => {
      const service = ruleId.replace(/^.*secretlint-rule-/, "");
      return { rule: `secret-${service}`, title: `a secret of ${service}`, known: "format", start, end };
    });
}

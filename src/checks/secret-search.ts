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
  /** How it is known: by the look that one service gives its secrets, or by a form or a name that dummies share. */
  readonly known: "service" | "form";
  readonly start: number;
  readonly end: number;
}

const DUMMIES_SHARE: ReadonlySet<string> = new Set(["connection-string", "jwt", "private-key"]);

export interface SearchedText {
  readonly path: string;
  readonly text: string;
}

/**
 * The places of each text, in order; where two overlap, the first kind that found it: our formats say best what it is.
 * Texts come together because secretlint takes longer to start than to read one.
 */
export async function searchSecrets(
  texts: readonly SearchedText[],
): Promise<readonly (readonly SecretPlace[])[]> {
  const linted = await lintedPlaces(texts.map(({ text }) => text));
  return texts.map(({ path, text }, at) => {
    const own = ownPlaces(text);
    const all = [...own, ...besideKeyIds(own, text), ...(linted[at] ?? []), ...assigned(path, text)];
    const places: SecretPlace[] = [];
    for (const place of all)
      if (places.every((other) => other.end <= place.start || place.end <= other.start)) places.push(place);
    return places.toSorted((a, b) => a.start - b.start);
  });
}

function ownPlaces(text: string): readonly SecretPlace[] {
  return findSecrets(text).map(
    ({ format, start, end }): SecretPlace => ({
      rule: `secret-${format.name}`,
      title: format.title,
      known: DUMMIES_SHARE.has(format.name) ? "form" : "service",
      start,
      end,
    }),
  );
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
          known: "service",
          start: from + index,
          end: from + index + value.length,
        }));
    });
}

function assigned(path: string, text: string): readonly SecretPlace[] {
  return findAssignedSecrets(path, text).map(({ start, end }) => ({
    rule: "secret-assigned",
    title: "a secret",
    known: "form",
    start,
    end,
  }));
}

const CONFIG = {
  rules: [{ id: "@secretlint/secretlint-rule-preset-recommend", rule: preset, options: {} }],
};
/** Our own formats know these better, dummies above all. */
const NOT_ASKED = /-(?:basicauth|database-connection-string|privatekey)$/;
/** Its comments switch rules off; what a pull request says about itself does not count. */
const DIRECTIVE = /secretlint-/gi;

async function lintedPlaces(texts: readonly string[]): Promise<readonly (readonly SecretPlace[])[]> {
  const all = await linted(texts.join("\n"));
  let offset = 0;
  return texts.map((text) => {
    const from = offset;
    offset += text.length + 1;
    return all
      .filter(({ start, end }) => start >= from && end <= from + text.length)
      .map((place) => ({ ...place, start: place.start - from, end: place.end - from }));
  });
}

async function linted(text: string): Promise<readonly SecretPlace[]> {
  const content = text.replace(DIRECTIVE, (word) => " ".repeat(word.length));
  const { messages } = await lintSource({
    // The name must not matter: some of its rules look only into files of certain names.
    source: { filePath: "added-lines.txt", content, ext: ".txt", contentType: "text" },
    options: { config: CONFIG, noPhysicFilePath: true, maskSecrets: true },
  });
  return messages
    .filter(
      ({ ruleId, range: [start, end] }) => !NOT_ASKED.test(ruleId) && !isPlaceholder(text.slice(start, end)),
    )
    .map(({ ruleId, range: [start, end] }) => {
      const service = ruleId.replace(/^.*secretlint-rule-/, "");
      return { rule: `secret-${service}`, title: `a secret of ${service}`, known: "service", start, end };
    });
}

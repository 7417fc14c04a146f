// Posted Markdown as HTML, by another parser than the product's own, and everything in it that does more than be read.
import assert from "node:assert/strict";
import { marked } from "marked";
import sanitizeHtml from "sanitize-html";
import { dangersIn } from "../faults/rendered.ts";

export const OWN_URL = "https://github.com/acme/shop";

/** Tags of ours and of plain Markdown; anything else was brought in. */
const TAGS = new Set(
  "p br strong em del code pre ul ol li blockquote table thead tbody tr th td h3 details summary sub a hr".split(
    " ",
  ),
);

export function assertHarmless(body: string): void {
  assert.ok(body.isWellFormed(), "valid Unicode");
  assert.ok(body.length <= 65_536, "GitHub takes it");
  assert.doesNotMatch(
    body,
    /[\u202A-\u202E\u2066-\u2069\u{E0000}-\u{E0FFF}]/u,
    "nothing is hidden, in code neither",
  );
  assert.deepEqual(dangersIn(body, OWN_URL), [], "what GitHub would act on");
  assert.deepEqual(brought(marked.parse(body, { async: false })), [], "tags in the page");
  assert.doesNotMatch(withoutCode(body), FORMULA, "formulas");
  assert.deepEqual(body.match(/<!--[\s\S]*?-->/g)?.length ?? 0, 1 + inCode(body), "one comment, our mark");
}

const FORMULA = /\$\$|\$\S(?:[^$\n]*\S)?\$(?!\d)/;

function withoutCode(body: string): string {
  return body.replace(/^ *(?:- )?(`{3,})[\s\S]*?^ *\1/gm, "").replace(/(`+)[\s\S]*?\1/g, "");
}

/** What stands in code is shown and does nothing, a mark included. */
function inCode(body: string): number {
  const all = body.match(/<!--[\s\S]*?-->/g)?.length ?? 0;
  return all - (withoutCode(body).match(/<!--[\s\S]*?-->/g)?.length ?? 0);
}

function brought(html: string): readonly string[] {
  const found: string[] = [];
  sanitizeHtml(html, {
    allowedTags: false,
    allowedAttributes: false,
    allowVulnerableTags: true,
    onOpenTag: (tag, attributes) => {
      if (!TAGS.has(tag)) found.push(tag);
      for (const [name, value] of Object.entries(attributes))
        if (!isOurs(tag, name, value)) found.push(`${tag} ${name}=${value}`);
    },
  });
  return found;
}

function isOurs(tag: string, name: string, value: string): boolean {
  if (tag === "a") return name === "href" && value.startsWith(`${OWN_URL}/`);
  if (tag === "code")
    return name === "class" && !/language-(?:suggestion|math|geojson|topojson|stl)/i.test(value);
  return (tag === "ol" && name === "start") || name === "align";
}

// npm run bench: our own part of a review, measured without a key. Each part is a program of its own that prints its table.
import { parseArgs } from "node:util";

const PARTS = {
  reviews: "from job start to review posted, with a model that answers at once",
  pulls: "from the fetch of a pull request to its chunks, by size; inputs made to be slow",
  syntax: "enclosing scopes of 1,000 hunks",
  related: "related code in a repository of 100,000 files",
  "repository-view": "opening, reading and scanning a repository",
  checks: "secrets and structural rules",
  "schema-checks": "migrations, contracts, dependencies",
} as const;

const HELP = `npm run bench [-- --only PART,PART]

${Object.entries(PARTS)
  .map(([name, what]) => `  ${name.padEnd(16)} ${what}`)
  .join("\n")}`;

const { values } = parseArgs({ options: { only: { type: "string" }, help: { type: "boolean" } } });
const wanted = values.only?.split(",") ?? Object.keys(PARTS);
const unknown = wanted.filter((name) => !(name in PARTS));
if (values.help === true) console.log(HELP);
else if (unknown.length > 0) {
  console.error(`there is no part ${unknown.join(", ")}\n\n${HELP}`);
  process.exitCode = 2;
} else for (const name of wanted) await import(`./${name === "reviews" ? "review" : name}.ts`);

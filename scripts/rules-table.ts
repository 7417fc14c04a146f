// Writes docs/rules.md from rules/ and the formats of secrets.
import { writeFileSync } from "node:fs";
import { loadRules } from "../src/checks/rule-library.ts";
import { rulesTable } from "./rules-page.ts";

writeFileSync(new URL("../docs/rules.md", import.meta.url), rulesTable(loadRules()));

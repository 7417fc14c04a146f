// Writes report.schema.json from the zod schema in src/domain/report.ts.
import { writeFileSync } from "node:fs";
import { reportJsonSchema } from "../src/domain/report.ts";

writeFileSync(
  new URL("../report.schema.json", import.meta.url),
  `${JSON.stringify(reportJsonSchema(), null, 2)}\n`,
);

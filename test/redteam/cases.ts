// All cases of the red team, in the order of the attacks.
import { numbered } from "./attack-case.ts";
import { BAIT } from "./bait.ts";
import { COMMENTS } from "./comments.ts";
import { DELIVERIES } from "./deliveries.ts";
import { MODEL_OUTPUTS } from "./model-outputs.ts";
import { PATTERNS } from "./patterns.ts";
import { PROMPT_INPUTS } from "./prompt-inputs.ts";
import { REPOSITORIES } from "./repositories.ts";
import { SECRETS } from "./secrets.ts";

const TABLES = [PROMPT_INPUTS, MODEL_OUTPUTS, BAIT, COMMENTS, SECRETS, PATTERNS, DELIVERIES, REPOSITORIES];

export const CASES = numbered(TABLES.flat()).toSorted((a, b) =>
  a.id.localeCompare(b.id, "en", { numeric: true }),
);

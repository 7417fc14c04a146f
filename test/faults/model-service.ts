// Case 26: every way in which the model service fails.
import { inParts } from "./eventually.ts";
import { type FaultCase, PGLITE } from "./fault-case.ts";
import {
  breakerOpens,
  failure,
  lastingFailures,
  overloaded,
  passingFailures,
  silentForMinutes,
} from "./model-failures.ts";

const SPEND_LIMIT = failure(429, "rate_limit_error", {
  details: { error_code: "enforced_spend_limit_reached" },
});
const OWN_CAP = failure(400, "invalid_request_error", {
  message: "You have reached your specified API usage limits. You will regain access on 2026-12-01.",
});

export const modelService: FaultCase = {
  number: 26,
  title: "The model service fails",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const app = await context.startApp();
    const parts = await inParts({
      ...passingFailures(app),
      ...lastingFailures(app),
      "529 for minutes, and for good": () => overloaded(context),
      "20 minutes of silence": () => silentForMinutes(context),
      "401": () => breakerOpens(context, failure(401, "authentication_error"), /refused the key/),
      "429, a spend limit": () => breakerOpens(context, SPEND_LIMIT, /spend limit/),
      "400, the own spend cap": () => breakerOpens(context, OWN_CAP, /spend limit/),
    });
    return `${parts} kinds: passing ones repeated, long ones parked, key and money: 1 notice, 1 call, then on again`;
  },
};

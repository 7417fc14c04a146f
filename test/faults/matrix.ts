// All cases, in the order of the matrix.
import { lostAccess, movedRepository } from "./access.ts";
import { badSignature, malformedBody } from "./bodies.ts";
import { commandAbuse } from "./commands.ts";
import { duplicateDelivery, failedDelivery, slowSurroundings } from "./deliveries.ts";
import { diffZoo } from "./diff-zoo.ts";
import type { FaultCase } from "./fault-case.ts";
import { burst, forcePushed, outOfOrder } from "./heads.ts";
import { hugePullRequest } from "./huge-input.ts";
import { injection } from "./injection.ts";
import { killedAtEachStep } from "./killing.ts";
import { largeBody } from "./large-bodies.ts";
import { modelOutput } from "./model-output.ts";
import { modelService } from "./model-service.ts";
import { primaryRateLimit, secondaryRateLimit } from "./rate-limits.ts";
import { outage } from "./recovery.ts";
import { ownPullRequest, pendingReview, terminalRefusals } from "./refusals.ts";
import { refusedAnchor } from "./refused-anchors.ts";
import { closedMeanwhile, draftsAndBases } from "./states.ts";
import { endedTokens } from "./tokens.ts";
import { landedUnheard, notLanded } from "./unknown-outcomes.ts";

export const MATRIX: readonly FaultCase[] = [
  duplicateDelivery,
  failedDelivery,
  badSignature,
  largeBody,
  malformedBody,
  slowSurroundings,
  outOfOrder,
  burst,
  forcePushed,
  closedMeanwhile,
  draftsAndBases,
  killedAtEachStep,
  landedUnheard,
  notLanded,
  refusedAnchor,
  pendingReview,
  ownPullRequest,
  terminalRefusals,
  primaryRateLimit,
  secondaryRateLimit,
  endedTokens,
  lostAccess,
  movedRepository,
  hugePullRequest,
  diffZoo,
  modelService,
  modelOutput,
  injection,
  commandAbuse,
  outage,
];

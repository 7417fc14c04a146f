/** A review that stands before its first question: surveyed, with everything at hand that a question needs. */
import type { PullRequest } from "../src/domain/pull-request.ts";
import { type Afforded, affordReview } from "../src/review/affording.ts";
import type { ReviewRequest } from "../src/review/ports.ts";
import { openSession, type Session } from "../src/review/session.ts";
import { type Survey, surveyPullRequest } from "../src/review/surveying.ts";
import { aPorts, aPullRequest, aRequest, aView, type OpenView, type Ports } from "./builders.ts";

export interface PreparedReview {
  readonly ports: Ports;
  readonly request: ReviewRequest;
  readonly survey: Survey;
  readonly session: Session;
  readonly afforded: Afforded;
}

export async function aPreparedReview(
  over: {
    readonly pullRequest?: PullRequest;
    readonly view?: OpenView;
    readonly ports?: Parameters<typeof aPorts>[0];
    readonly request?: Partial<ReviewRequest>;
  } = {},
): Promise<PreparedReview> {
  const ports = aPorts(over.ports);
  const request = aRequest(over.request);
  const survey = await surveyPullRequest(
    ports,
    request,
    over.pullRequest ?? aPullRequest(),
    over.view ?? aView(),
  );
  const session = openSession(ports, request, survey);
  const afforded = affordReview(session, survey, request, await ports.purse.allowance());
  return { ports, request, survey, session, afforded };
}

import { describe, expect, it } from "vitest";
import type { VerdictReply } from "../../src/domain/finding.ts";
import type { PlacedFinding } from "../../src/domain/merge.ts";
import { reviewPullRequest } from "../../src/review/review-run.ts";
import { verifyFindings } from "../../src/review/verifying.ts";
import {
  aFinding,
  aNewFile,
  answered,
  aPorts,
  aPullRequest,
  aReplyFinding,
  aRequest,
  aReviewFinding,
  aScriptedModel,
  aSource,
  askedFor,
  aView,
  failing,
  manyChunks,
  upholding,
} from "../builders.ts";
import { aPreparedReview } from "../builders-session.ts";

type Given = Partial<VerdictReply["verdicts"][number]>;

/** A sceptic that says this of every claim. */
function aSceptic(given: Given) {
  return aScriptedModel(({ prompt }) => {
    if (askedFor(prompt) !== "verify") return undefined;
    return answered({ verdicts: upholding(prompt).verdicts.map((one) => ({ ...one, ...given })) });
  });
}

async function verified(
  model: ReturnType<typeof aScriptedModel>,
  findings: readonly PlacedFinding[],
  depth = "standard" as const,
) {
  const { session, afforded, ports } = await aPreparedReview({ ports: { model }, request: { depth } });
  return { ...(await verifyFindings(session, afforded, findings)), ports };
}

describe("a finding that the sceptic", () => {
  it("upholds stands as it is", async () => {
    const { findings, gaps } = await verified(aSceptic({}), [aReviewFinding()]);

    expect(findings).toEqual([aReviewFinding()]);
    expect(gaps).toEqual([]);
  });

  it("refutes is not said, and is kept for the trace with the reason", async () => {
    const { findings, judged } = await verified(
      aSceptic({ verdict: "refuted", reason: "Line 3 guards it." }),
      [aReviewFinding()],
    );

    expect(findings).toEqual([]);
    expect(judged).toMatchObject([{ verdict: { kind: "refuted", reason: "Line 3 guards it." } }]);
  });

  it("finds weaker is said with the lower severity", async () => {
    const { findings } = await verified(aSceptic({ verdict: "weaker", severity: "nit" }), [
      aReviewFinding({ severity: "critical" }),
    ]);

    expect(findings.map(({ severity }) => severity)).toEqual(["nit"]);
  });

  it("leaves out is not verified: it stands, and the review says so", async () => {
    const { findings, gaps } = await verified(aSceptic({ number: 9 }), [aReviewFinding()]);

    expect(findings).toHaveLength(1);
    expect(gaps).toEqual(["1 finding could not be verified: the sceptic's reply left it out"]);
  });

  it("cannot be asked about stands, and the review says so", async () => {
    const model = aScriptedModel(({ prompt }) =>
      askedFor(prompt) === "verify" ? failing("give-up") : undefined,
    );
    const { findings, gaps, unserved } = await verified(model, [
      aReviewFinding({ id: "a" }),
      aReviewFinding({ id: "b", severity: "critical" }),
    ]);

    expect(findings).toHaveLength(2);
    expect(gaps).toEqual(["2 findings could not be verified: the service said give-up"]);
    expect(unserved).toBeNull();
  });

  it("could be asked about later is unserved", async () => {
    const model = aScriptedModel(({ prompt }) =>
      askedFor(prompt) === "verify" ? failing("retry", { retryAfterMs: 3_600_000 }) : undefined,
    );

    expect((await verified(model, [aReviewFinding()])).unserved).toMatchObject({
      next: "retry",
      retryAfterMs: 3_600_000,
    });
  });
});

describe("what is asked", () => {
  it("is never about what a built-in check found", async () => {
    const { judged, ports } = await verified(aSceptic({ verdict: "refuted" }), [
      aReviewFinding({ rule: "sql-injection-concat" }),
    ]);

    expect(judged).toMatchObject([{ verdict: { kind: "unasked" } }]);
    expect(ports.model.requests).toEqual([]);
  });

  it("begins with the very chunk that the passes saw, and may look things up", async () => {
    const { ports, session, afforded } = await aPreparedReview();
    await verifyFindings(session, afforded, [aReviewFinding()]);

    const [request] = ports.model.requests;
    const [chunk] = afforded.survey.plan.chunks;
    if (chunk === undefined) throw new Error("no chunk");
    expect(request?.prompt.user.slice(0, 2)).toEqual([session.prefix.outline, session.blockOf(chunk)]);
    expect(request?.tools).toBe("open");
  });

  it("shows the file around the claim that the chunk does not show", async () => {
    const head = { "src/a.ts": Array.from({ length: 30 }, (_, at) => `const line${at + 1} = 1;`).join("\n") };
    const { ports, session, afforded } = await aPreparedReview({ view: aView({ head }) });
    await verifyFindings(session, afforded, [aReviewFinding()]);

    const last = ports.model.requests[0]?.prompt.user.at(-1)?.text ?? "";
    expect(last).toContain("const line9 = 1;");
    expect(last).toContain("const line13 = 1;");
    expect(last).not.toContain("const line11 = 1;");
  });

  it("is one question a chunk, each about the findings of its own", async () => {
    const files = manyChunks(3);
    const { ports, session, afforded } = await aPreparedReview({ pullRequest: aPullRequest({ files }) });
    const findings = files.map((file, at) =>
      aReviewFinding({
        id: String(at),
        path: file.path,
        anchor: { side: "RIGHT", startLine: 2, line: 2 },
        title: `Title ${at}`,
      }),
    );
    await verifyFindings(session, afforded, findings);

    const asked = ports.model.requests.map(
      ({ prompt }) => /Title \d/.exec(prompt.user.at(-1)?.text ?? "")?.[0],
    );
    expect(new Set(asked)).toEqual(new Set(["Title 0", "Title 1", "Title 2"]));
    expect(asked).toHaveLength(3);
    for (const { prompt } of ports.model.requests) {
      const number = /Title (\d)/.exec(prompt.user.at(-1)?.text ?? "")?.[1];
      expect(prompt.user[1]?.text).toContain(`src/${number}.ts`);
    }
  });
});

it("a claim about the second part of a large file begins with that part", async () => {
  const lines = Array.from({ length: 1_500 }, (_, at) => `const value${at} = compute(${at});`);
  const { ports, session, afforded } = await aPreparedReview({
    pullRequest: aPullRequest({ files: [aNewFile("src/a.ts", lines)] }),
  });
  const [, second] = afforded.survey.plan.chunks;
  const line = second?.files[0]?.hunks[0]?.headStart;
  if (second === undefined || line === undefined) throw new Error("two parts are needed");
  await verifyFindings(session, afforded, [
    aReviewFinding({ anchor: { side: "RIGHT", startLine: line, line } }),
  ]);

  expect(ports.model.requests.map(({ prompt }) => prompt.user[1])).toEqual([session.blockOf(second)]);
});

describe("a review", () => {
  const finder = (verdict: Given) =>
    aScriptedModel(({ prompt }) => {
      if (askedFor(prompt) === "security") return answered({ findings: [aReplyFinding()] });
      if (askedFor(prompt) !== "verify") return undefined;
      return answered({ verdicts: upholding(prompt).verdicts.map((one) => ({ ...one, ...verdict })) });
    });

  it("counts what was refuted and shows it nowhere", async () => {
    const ports = aPorts({ model: finder({ verdict: "refuted" }) });

    const outcome = await reviewPullRequest(ports, aRequest());

    expect(outcome).toMatchObject({
      kind: "published",
      review: { refuted: 1, findings: [], complete: true },
    });
  });

  it("in which a verdict is missing is incomplete", async () => {
    const ports = aPorts({ model: finder({ number: 9 }) });

    const outcome = await reviewPullRequest(ports, aRequest());

    expect(outcome).toMatchObject({
      kind: "published",
      review: { refuted: 0, complete: false, findings: [{ title: "The constant is wrong" }] },
    });
  });

  it("waits where the sceptic is away for the moment and there is time", async () => {
    const model = aScriptedModel(({ prompt }) => {
      if (askedFor(prompt) === "security") return answered({ findings: [aReplyFinding()] });
      return askedFor(prompt) === "verify" ? failing("retry", { retryAfterMs: 3_600_000 }) : undefined;
    });
    const ports = aPorts({ model });

    expect(await reviewPullRequest(ports, aRequest({ patience: "wait" }))).toMatchObject({
      kind: "waiting",
      retryAfterMs: 3_600_000,
    });
    expect(ports.sink.published).toEqual([]);
  });

  it("says what a check found without asking about it, and tells the passes", async () => {
    const checks = {
      comparesBase: () => false,
      run: async () => ({
        findings: [
          aFinding({ rule: "loose-equality", severity: "critical" as const, title: "Compares loosely" }),
        ],
        skips: [],
        erDiagram: null,
      }),
    };
    const ports = aPorts({ checks, source: aSource() });

    const outcome = await reviewPullRequest(ports, aRequest());

    expect(outcome).toMatchObject({
      kind: "published",
      review: { findings: [{ rule: "loose-equality", summaryReason: null }] },
    });
    expect(ports.model.requests.map(({ prompt }) => askedFor(prompt))).not.toContain("verify");
    expect(ports.model.requests[0]?.prompt.user.at(-1)?.text).toContain("Compares loosely");
  });
});

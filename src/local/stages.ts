/** The stages of a review as `--show` prints them: plain data as JSON, or text as the model would read it. */
import { type Depth, readingsOf } from "../domain/depth.ts";
import { describePlan, type ReviewPlan } from "../domain/plan.ts";
import { type Prompt, readingPrompt, summaryPrompt } from "../domain/prompt.ts";
import type { Findings } from "../review/review-run.ts";
import type { Session } from "../review/session.ts";
import { type Format, json } from "./formats.ts";

export function showPlan(plan: ReviewPlan, depth: Depth, format: Format): string {
  const described = describePlan(plan, depth);
  if (format === "json") return json(described);
  const lines = [
    `depth: ${described.depth}`,
    `passes: ${described.passes.join(" → ")}`,
    `guides: ${described.guides.join(", ") || "none"}`,
    `model calls: ${described.model_calls}`,
    ...described.chunks.map(
      (chunk) =>
        `chunk ${chunk.number} (about ${chunk.tokens.toLocaleString("en")} tokens): ${chunk.files.join(", ")}`,
    ),
    ...described.left_out.map((file) => `left out: ${file.path} (${file.reason ?? ""})`),
    ...described.cut.map((file) => `cut: ${file.path} (${file.reason})`),
    ...described.gaps.map((gap) => `gap: ${gap}`),
  ];
  return `${lines.join("\n")}\n`;
}

export function showChunks(plan: ReviewPlan, session: Session, format: Format): string {
  const chunks = plan.chunks.map((chunk) => ({
    number: chunk.number,
    tokens: chunk.tokens,
    files: chunk.files.map((file) => file.path),
    text: session.blockOf(chunk).text,
  }));
  if (format === "json") return json({ chunks });
  return chunks
    .map(
      (chunk) =>
        `${rule(`chunk ${chunk.number}, about ${chunk.tokens.toLocaleString("en")} tokens`)}\n${chunk.text}\n`,
    )
    .join("\n");
}

/** The requests of every question over every chunk as they would be with nothing reported yet, and the summary's. */
export function showPrompts(plan: ReviewPlan, depth: Depth, session: Session, format: Format): string {
  const { prefix, library } = session;
  const requests = plan.chunks.flatMap((chunk) =>
    readingsOf(depth, plan.passes).map((reading) => ({
      name: `chunk ${chunk.number}, ${reading.join(", ")}`,
      prompt: readingPrompt(prefix, session.blockOf(chunk), library, reading, []),
    })),
  );
  const summary = { name: "summary", prompt: summaryPrompt(prefix, library, [], { files: [], gaps: [] }) };
  const all = [...requests, ...(plan.chunks.length > 0 ? [summary] : [])];
  if (format === "json")
    return json({ digest: library.digest, requests: all.map(({ name, prompt }) => ({ name, ...prompt })) });
  return all.map(({ name, prompt }) => `${rule(name)}\n${promptText(prompt)}\n`).join("\n");
}

function promptText(prompt: Prompt): string {
  const part = (role: string) => (block: Prompt["system"][number]) =>
    `[${role}${block.cached ? ", cached" : ""}]\n${block.text}`;
  return [...prompt.system.map(part("system")), ...prompt.user.map(part("user"))].join("\n\n");
}

/** Every claim with what became of it: also those that were dropped or refuted, and why. */
export function showFindings(found: Findings, format: Format): string {
  const trace = found.trace.map(({ finding, placement }) => ({ ...finding, placement }));
  const judged = found.judged.map(({ finding, verdict }) => ({ id: finding.id, verdict }));
  const { findings, dropped, refuted, coverage } = found;
  if (format === "json") return json({ findings, trace, verdicts: judged, dropped, refuted, coverage });
  const placed = trace.map((one) => {
    const fate =
      one.placement.kind === "dropped"
        ? `dropped: ${one.placement.reason}`
        : `${one.placement.kind} at ${one.placement.anchor.side} ${one.placement.anchor.line}`;
    return `${one.severity} · ${one.pass} — ${one.title}\n  ${one.path}:${one.line} → ${fate}`;
  });
  const verdicts = found.judged
    .filter(({ verdict }) => verdict.kind !== "unasked")
    .map(({ finding, verdict }) => `${finding.title}\n  ${verdictWords(verdict)}`);
  return `${[
    ...placed,
    ...(verdicts.length > 0 ? [rule("verdicts"), ...verdicts] : []),
    `${findings.length} findings stand, ${dropped} dropped, ${refuted} refuted`,
  ].join("\n")}\n`;
}

function verdictWords(verdict: Findings["judged"][number]["verdict"]): string {
  switch (verdict.kind) {
    case "upheld":
    case "unasked":
      return verdict.kind;
    case "weaker":
      return `weaker, ${verdict.severity}: ${verdict.reason}`;
    case "refuted":
    case "unverified":
      return `${verdict.kind}: ${verdict.reason}`;
  }
}

function rule(title: string): string {
  return `──── ${title} ${"─".repeat(Math.max(4, 72 - title.length))}`;
}

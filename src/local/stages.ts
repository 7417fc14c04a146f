/** The stages of a review as `--show` prints them: plain data as JSON, or text as the model would read it. */
import { describePlan, type ReviewPlan } from "../domain/plan.ts";
import { chunkBlock, type Prompt, type PromptPrefix, passPrompt, summaryPrompt } from "../domain/prompt.ts";
import type { PromptLibrary } from "../domain/prompt-library.ts";
import type { Found } from "../review/review-run.ts";
import { type Format, json } from "./formats.ts";

export function showPlan(plan: ReviewPlan, format: Format): string {
  const described = describePlan(plan);
  if (format === "json") return json(described);
  const lines = [
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

export function showChunks(plan: ReviewPlan, prefix: PromptPrefix, format: Format): string {
  const chunks = plan.chunks.map((chunk) => ({
    number: chunk.number,
    tokens: chunk.tokens,
    files: chunk.files.map((file) => file.path),
    text: chunkBlock(prefix, chunk).text,
  }));
  if (format === "json") return json({ chunks });
  return chunks
    .map(
      (chunk) =>
        `${rule(`chunk ${chunk.number}, about ${chunk.tokens.toLocaleString("en")} tokens`)}\n${chunk.text}\n`,
    )
    .join("\n");
}

/** The requests of every pass over every chunk as they would be with nothing reported yet, and the summary's. */
export function showPrompts(
  plan: ReviewPlan,
  prefix: PromptPrefix,
  library: PromptLibrary,
  format: Format,
): string {
  const requests = plan.chunks.flatMap((chunk) =>
    plan.passes.map((pass) => ({
      name: `chunk ${chunk.number}, ${pass}`,
      prompt: passPrompt(prefix, chunkBlock(prefix, chunk), library, pass, []),
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

/** Every claim with what became of it: also those that were dropped, because their quote was not in the code. */
export function showFindings(found: Found, format: Format): string {
  const trace = found.trace.map(({ finding, placement }) => ({ ...finding, placement }));
  if (format === "json")
    return json({ findings: found.findings, trace, dropped: found.dropped, coverage: found.coverage });
  const lines = trace.map((one) => {
    const fate =
      one.placement.kind === "dropped"
        ? `dropped: ${one.placement.reason}`
        : `${one.placement.kind} at ${one.placement.anchor.side} ${one.placement.anchor.line}`;
    return `${one.severity} · ${one.pass} — ${one.title}\n  ${one.path}:${one.line} → ${fate}`;
  });
  return `${[...lines, `${found.findings.length} findings stand, ${found.dropped} dropped`].join("\n")}\n`;
}

function rule(title: string): string {
  return `──── ${title} ${"─".repeat(Math.max(4, 72 - title.length))}`;
}

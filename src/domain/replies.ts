/** What is answered to a `/review` comment. No line may begin with a command, or a reply would be one. */
import { codeSpan } from "./markdown.ts";
import { PASSES } from "./pass.ts";

const USAGE = [
  "| command | what it does |",
  "|---|---|",
  "| `/review` | reviews the current head again |",
  "| `/review full` | the same, and forgets what was reviewed before |",
  "| `/review security performance` | only these passes |",
  "| `/review src/api/**` | only these paths |",
  "| `/review help` | shows this table |",
].join("\n");

export function helpReply(): string {
  return `${USAGE}\n\nThe passes are ${PASSES.map((pass) => `\`${pass}\``).join(", ")}. Passes and paths can be combined.`;
}

export function mistakeReply(word: string, nearest: string): string {
  return `I do not know ${codeSpan(word.slice(0, 60))} in a review command. Did you mean \`/review ${nearest}\`?\n\n${USAGE}`;
}

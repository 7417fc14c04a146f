// What the Anthropic API refuses in a request to a current model, as its documentation and SDK say (research, platform.md 7).
import { PASSES, type Pass } from "../src/domain/pass.ts";

export interface TextBlock {
  readonly type: "text";
  readonly text: string;
  readonly cache_control?: unknown;
}

/** A word for a tool: the model's call, or what it is answered. */
export interface ToolBlock {
  readonly type: "tool_use" | "tool_result";
  readonly id?: string;
  readonly tool_use_id?: string;
  readonly content?: string;
  readonly cache_control?: unknown;
}

export type Block = TextBlock | ToolBlock;

export interface MessageBody {
  readonly model: string;
  readonly max_tokens: number;
  readonly stream?: boolean;
  readonly system: readonly TextBlock[];
  readonly messages: readonly {
    readonly role: string;
    readonly content: string | readonly Block[];
  }[];
  readonly output_config?: {
    readonly effort?: string;
    readonly format?: { readonly type: string; readonly schema: JsonSchema };
  };
  readonly [other: string]: unknown;
}

export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly additionalProperties?: unknown;
  readonly [keyword: string]: unknown;
}

const REFUSED_KEYS = ["temperature", "top_p", "top_k"];
const MAX_BREAKPOINTS = 4;
const UNSUPPORTED_KEYWORDS = [
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "maxItems",
  "uniqueItems",
  "patternProperties",
];

/** Why the service would answer 400, or null when it would not. */
export function requestFault(body: MessageBody): string | null {
  if (typeof body.model !== "string") return "model: field required";
  if (!Number.isInteger(body.max_tokens)) return "max_tokens: field required";
  if (!Array.isArray(body.messages) || body.messages.length === 0) return "messages: field required";
  const refused = REFUSED_KEYS.find((key) => key in body);
  if (refused !== undefined) return `${refused}: not accepted by current models`;
  if (JSON.stringify(body["thinking"] ?? {}).includes('"enabled"')) return "thinking: use adaptive";
  if (/"(any|tool)"/.test(JSON.stringify(body["tool_choice"] ?? {}))) return "tool_choice: not forced";
  if (body.messages.at(-1)?.role === "assistant") return "messages: prefill is not accepted";
  if (blocksOf(body).some((block) => block.type === "text" && block.text === ""))
    return "text content blocks must be non-empty";
  const breakpoints = blocksOf(body).filter((block) => block.cache_control !== undefined).length;
  if (breakpoints > MAX_BREAKPOINTS) return `cache_control: at most ${MAX_BREAKPOINTS}, got ${breakpoints}`;
  const unanswered = toolFault(body);
  if (unanswered !== null) return unanswered;
  return body.output_config?.format ? schemaFault(body.output_config.format.schema, "$") : null;
}

function schemaFault(schema: JsonSchema, path: string): string | null {
  const keyword = UNSUPPORTED_KEYWORDS.find((key) => key in schema);
  if (keyword !== undefined) return `${path}: '${keyword}' is not supported in structured outputs`;
  if (schema.type === "object" && schema.additionalProperties !== false)
    return `${path}: additionalProperties must be false`;
  const inner: readonly (readonly [string, JsonSchema])[] = [
    ...Object.entries(schema.properties ?? {}),
    ...(schema.items ? ([["items", schema.items]] as const) : []),
    ...(schema.anyOf ?? []).map((one, at) => [`anyOf${at}`, one] as const),
  ];
  return (
    inner.map(([name, one]) => schemaFault(one, `${path}.${name}`)).find((fault) => fault !== null) ?? null
  );
}

/** Everything the model reads, in order. */
function blocksOf(body: MessageBody): readonly Block[] {
  return [...(body.system ?? []), ...body.messages.flatMap(contentOf)];
}

function contentOf({ content }: MessageBody["messages"][number]): readonly Block[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

/** Each call of a tool is answered in the very next turn, and only tools that are described can be called. */
function toolFault(body: MessageBody): string | null {
  for (const [at, message] of body.messages.entries()) {
    const calls = contentOf(message).flatMap((block) => (block.type === "tool_use" ? [block.id] : []));
    const next = body.messages[at + 1];
    const answers = (next === undefined ? [] : contentOf(next)).flatMap((block) =>
      block.type === "tool_result" ? [block.tool_use_id] : [],
    );
    if (calls.length > 0 && !Array.isArray(body["tools"])) return "tools: field required, a tool was called";
    if (calls.length !== answers.length || calls.some((id) => !answers.includes(id)))
      return "messages: `tool_use` ids were found without `tool_result` blocks immediately after";
  }
  return null;
}

export function textOf(body: MessageBody): string {
  return blocksOf(body)
    .map((block) => (block.type === "text" ? block.text : (block.content ?? "")))
    .join("\n\n");
}

export type Question = Pass | "lenses" | "verify" | "duplicates" | "summary";

const HEADINGS: readonly (readonly [heading: RegExp, question: Question])[] = [
  [/^# All passes in one reading$/m, "lenses"],
  [/^# The sceptic$/m, "verify"],
  [/^# One defect, one comment$/m, "duplicates"],
];

/** Which question this is, by its heading; a pass by its number in it. */
export function questionOf(body: MessageBody): Question {
  const text = textOf(body);
  const number = /^# Pass (?<number>\d) of 5/m.exec(text)?.groups?.["number"];
  const pass = PASSES[Number(number ?? 0) - 1];
  return pass ?? HEADINGS.find(([heading]) => heading.test(text))?.[1] ?? "summary";
}

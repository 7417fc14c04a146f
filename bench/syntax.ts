// node bench/syntax.ts: enclosing scopes of 1,000 hunks, and inputs made to be slow, with what the event loop feels of it.
import { cpus } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { enclosingScopes, scopeExcerpt } from "../src/domain/enclosing.ts";
import type { LineRange } from "../src/domain/outline.ts";
import { startSyntax } from "../src/syntax/syntax-pool.ts";
import { type Row, tableOf } from "./result.ts";

const HUNKS = 1_000;
const SIZES = [30, 100, 300] as const;
const LIMITS = { wholeFunctionLines: 60, windowLines: 10, characters: 6_000 };
const never = new AbortController().signal;

const hostile: ReadonlyArray<readonly [name: string, text: string]> = [
  ["200,000 nested parentheses", `const a = ${"(".repeat(200_000)}1${")".repeat(200_000)};\n`],
  ["200,000 nested calls", `const a = ${"f(".repeat(200_000)}1${")".repeat(200_000)};\n`],
  ["60,000 callbacks that never end", `${'it("", () => { '.repeat(60_000)}\n`],
  ["a megabyte of broken brackets", "( ] ".repeat(250_000)],
  ["a megabyte of array", `const a = [${"1,".repeat(500_000)}];\n`],
  ["an array of 3,000,000 elements (6 MB)", `const a = [${"1,".repeat(3_000_000)}];\n`],
  ["a line of 5 MB", `const a = "${"x".repeat(5_000_000)}";\n`],
];

const scopeRows: Row[] = [];
for (const files of SIZES) scopeRows.push(await scopesOfHunks(files));
console.log(
  tableOf({
    title: `Enclosing scopes, Node ${process.versions.node}, ${cpus().length} cores; milliseconds`,
    rows: scopeRows,
    notes: [
      "from nothing: the start of the thread, the grammar and every file belong to it",
      "processor time: of all threads; on a machine that does other things, too, the one to compare",
      "loop delay: the longest time in which the main thread could not answer a request",
    ],
  }),
);

const hostileRows: Row[] = [];
for (const [name, text] of hostile) hostileRows.push(await readHostile(name, text));
console.log(
  tableOf({
    title: "Inputs made to be slow, each with a thread of its own; milliseconds",
    rows: hostileRows,
    notes: ["over 1 MiB a file is not parsed; what takes longer than 2 s is given up"],
  }),
);

async function scopesOfHunks(files: number): Promise<Row> {
  const sources = Array.from({ length: files }, (_, at) => sourceOf(at));
  const lines = sources.map((source) => source.split("\n"));
  const hunks = Array.from({ length: HUNKS }, (_, at) => hunkOf(at, lines[at % files]?.length ?? 1));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const before = process.cpuUsage();
  const began = performance.now();
  const syntax = startSyntax();
  const outlines = await Promise.all(
    sources.map((source, at) => syntax.outline(`src/service-${at}.ts`, source, never)),
  );
  const parsed = performance.now();
  let scopes = 0;
  let excerptLines = 0;
  for (const [at, range] of hunks.entries()) {
    const outcome = outlines[at % files];
    if (outcome?.kind !== "outlined") throw new Error("a file has no outline");
    const found = enclosingScopes(outcome.outline, range);
    const shown = [{ start: range.start - 3, end: range.end + 3 }];
    const excerpt = scopeExcerpt({
      scopes: found,
      lines: lines[at % files] ?? [],
      range,
      shown,
      limits: LIMITS,
    });
    scopes += found.length;
    excerptLines += excerpt.reduce((sum, { start, end }) => sum + end - start + 1, 0);
  }
  const ended = performance.now();
  const used = process.cpuUsage(before);
  delay.disable();
  await syntax.close();
  return {
    setting: `${files} files`,
    hunks: HUNKS,
    "lines in all": lines.reduce((sum, one) => sum + one.length, 0),
    outlines: Math.round(parsed - began),
    "scopes and excerpts": Math.round(ended - parsed),
    "from nothing": Math.round(ended - began),
    "processor time": Math.round((used.user + used.system) / 1_000),
    "loop delay": Math.round(delay.max / 1e6),
    "scopes found": scopes,
    "lines shown": excerptLines,
  };
}

async function readHostile(name: string, text: string): Promise<Row> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const began = performance.now();
  const syntax = startSyntax();
  const outcome = await syntax.outline("src/hostile.ts", text, never);
  const took = performance.now() - began;
  delay.disable();
  await syntax.close();
  return {
    setting: name,
    outcome: outcome.kind === "outlined" ? `${outcome.outline.syntaxErrors} errors` : outcome.reason,
    took: Math.round(took),
    "loop delay": Math.round(delay.max / 1e6),
    "resident MB": Math.round(process.memoryUsage().rss / 1e6),
  };
}

/** Three changed lines, somewhere in the file. */
function hunkOf(at: number, lineCount: number): LineRange {
  const start = 12 + ((at * 37) % (lineCount - 20));
  return { start, end: start + 2 };
}

/** A service of about 140 lines: imports, types, a class with documented methods, some functions. */
function sourceOf(at: number): string {
  const methods = Array.from({ length: 6 }, (_, n) => methodOf(at, n)).join("\n\n");
  return `import { EventEmitter } from "node:events";
import { type Order, type OrderId, parseOrder } from "../orders/order-${at}.ts";
import { Repository } from "../storage/repository.ts";

/** How often a call is repeated. */
const MAX_RETRIES = ${at % 7};
export const TOPIC = "orders.${at}";

export interface Options {
  readonly retries: number;
  readonly topic: string;
}

/** Keeps the orders of shop ${at}. */
export class OrderService${at} extends EventEmitter {
  readonly #repository: Repository<Order>;
  readonly #options: Options;

  constructor(repository: Repository<Order>, options: Options) {
    super();
    this.#repository = repository;
    this.#options = options;
  }

${methods}
}

export const total${at} = (orders: readonly Order[]): number => {
  return orders.map((order) => order.price * order.count).reduce((sum, price) => sum + price, 0);
};

function isOpen(order: Order): order is Order & { readonly state: "open" } {
  return order.state === "open" && order.lines.length > 0;
}
`;
}

function methodOf(at: number, n: number): string {
  return `  /**
   * Step ${n}: asks the repository, and again when it is busy.
   */
  async step${n}(id: OrderId, limit = ${n}): Promise<Order | null> {
    for (let attempt = 0; attempt <= this.#options.retries; attempt++) {
      const found = await this.#repository.find({ id, topic: this.#options.topic, limit });
      if (found === undefined) {
        this.emit("missing", { id, attempt, label: \`order \${id} of ${at}\` });
        continue;
      }
      const order = parseOrder(found.body);
      if (!isOpen(order)) return null;
      return { ...order, lines: order.lines.filter((line) => line.count > limit) };
    }
    return null;
  }`;
}

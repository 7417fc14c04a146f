/** The entry of the parser thread: takes one question at a time and answers it; loads only the parsers it needs. */
import { parentPort } from "node:worker_threads";
import type { ParserAnswers, ParserQuestion, ParserReply } from "./parser-thread.ts";

type Answerers = {
  readonly [K in keyof ParserAnswers]: (texts: readonly string[]) => Promise<ParserAnswers[K]>;
};

const ANSWERERS: Answerers = {
  sql: async ([sql = ""]) => {
    const [{ loadModule, parseSync }, { readSql }] = await Promise.all([
      import("libpg-query"),
      import("./sql-statements.ts"),
    ]);
    await loadModule();
    return readSql(sql, parseSync);
  },
  openapi: async ([base = "", head = ""]) => (await import("./openapi-diff.ts")).compareOpenApi(base, head),
  graphql: async ([base = "", head = ""]) => (await import("./graphql-diff.ts")).compareGraphQl(base, head),
  protobuf: async ([base = "", head = ""]) =>
    (await import("./protobuf-diff.ts")).compareProtobuf(base, head),
};

parentPort?.on("message", (question: ParserQuestion) => {
  void answer(question).then((reply) => parentPort?.postMessage(reply, []));
});

async function answer({ kind, texts }: ParserQuestion): Promise<ParserReply> {
  try {
    return { kind: "answered", value: await ANSWERERS[kind](texts) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "failed", reason: `the parser broke: ${message.slice(0, 200)}` };
  }
}

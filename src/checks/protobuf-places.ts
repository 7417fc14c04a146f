/** Where the declarations of a .proto file stand: protobufjs keeps no places. */

const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'|[{}()[\];=<>,]|[\w.]+|\n/g;
const BLOCKS = new Set(["message", "enum", "service", "group"]);

/** "Message", "Message.field", "Enum.VALUE", "Service.Method" and "package" → its line. */
export function protobufLines(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const stack: (string | null)[] = [];
  let statement: string[] = [];
  let [line, brackets] = [1, 0];
  const put = (name: string): void => {
    const path = [...stack.filter((block) => block !== null), name].join(".");
    if (!lines.has(path)) lines.set(path, line);
  };
  for (const [token] of text.matchAll(TOKEN)) {
    if (/^(?:\n|\/\/|\/\*)/.test(token)) {
      line += token.split("\n").length - 1;
      continue;
    }
    if (token === "[" || token === "<" || token === "(") brackets += 1;
    if (token === "]" || token === ">" || token === ")") brackets = Math.max(0, brackets - 1);
    const [word = "", name = ""] = statement;
    if (token === "{") {
      const isBlock = BLOCKS.has(word) && name !== "";
      if (isBlock) put(name);
      // A oneof adds no name of its own to those of its fields.
      stack.push(isBlock ? name : null);
    } else if (token === "}") stack.pop();
    else if (token === "=" && brackets === 0 && word !== "option") put(statement.at(-1) ?? "");
    if (token === "(" && word === "rpc" && !lines.has([...stack, name].join("."))) put(name);
    if (token === ";" && word === "package") lines.set("package", line);
    statement = /^[{};]$/.test(token) ? [] : [...statement.slice(0, 8), token];
  }
  return lines;
}

import { describe, expect, it, test } from "vitest";
import { type Command, parseCommand } from "../../src/domain/command.ts";
import { PASSES } from "../../src/domain/pass.ts";
import { helpReply, mistakeReply } from "../../src/domain/replies.ts";

function review(
  over: { passes?: readonly string[]; paths?: readonly string[]; memory?: "keep" | "forget" } = {},
) {
  const { passes = PASSES, paths = [], memory = "keep" } = over;
  return { kind: "review", scope: { passes, paths }, memory };
}

describe("the grammar", () => {
  it.each([
    ["/review", review()],
    ["/review full", review({ memory: "forget" })],
    ["/review help", { kind: "help" }],
    ["/review security performance", review({ passes: ["security", "performance"] })],
    ["/review performance security performance", review({ passes: ["security", "performance"] })],
    [`/review ${PASSES.join(" ")}`, review()],
    ["/review src/api/**", review({ paths: ["src/api/**"] })],
    [
      "/review security src/api/** full docs/",
      review({ passes: ["security"], paths: ["src/api/**", "docs/"], memory: "forget" }),
    ],
    ["/review Security FULL", review({ passes: ["security"], memory: "forget" })],
    ["/review   security\t full  ", review({ passes: ["security"], memory: "forget" })],
    ["/review\tsecurity", review({ passes: ["security"] })],
    ["/review README.md", review({ paths: ["README.md"] })],
    ["/review .env", review({ paths: [".env"] })],
    ["/review *.ts", review({ paths: ["*.ts"] })],
    ["/review src/{a,b}/[id]/(g)/+page.svelte", review({ paths: ["src/{a,b}/[id]/(g)/+page.svelte"] })],
    ["/review routes/$id.tsx", review({ paths: ["routes/$id.tsx"] })],
    ["/review docs/größe/日本語.md", review({ paths: ["docs/größe/日本語.md"] })],
    ["/review @scope/pkg/~tmp", review({ paths: ["@scope/pkg/~tmp"] })],
    ["/review security.ts", review({ paths: ["security.ts"] })],
    ["/review help nonsense", { kind: "help" }],
  ])("%j", (comment, command) => {
    expect(parseCommand(comment)).toEqual(command);
  });

  it.each([
    ["/review securty", "securty", "security"],
    ["/review Performence", "Performence", "performance"],
    ["/review fulll", "fulll", "full"],
    ["/review halp", "halp", "help"],
    ["/review architecure src/**", "architecure", "architecture"],
    ["/review security, performance", "security,", "security"],
    ["/review --full", "--full", "full"],
    ["/review nonsense help", "nonsense", "correctness"],
    ["/review https://evil.example/x", "https://evil.example/x", "architecture"],
    ["/review `src/a.ts`", "`src/a.ts`", "security"],
    ["/review <b>/</b>", "<b>/</b>", "help"],
    [`/review ${"a/".repeat(300)}`, "a/".repeat(300), null],
  ])("%j is a mistake", (comment, word, nearest) => {
    const command = parseCommand(comment);

    expect(command).toMatchObject({ kind: "mistake", word });
    if (nearest !== null && command?.kind === "mistake") {
      expect([...PASSES, "full", "help"]).toContain(command.nearest);
      if (!/[<`:]/.test(word)) expect(command.nearest).toBe(nearest);
    }
  });

  it.each([
    ["/reviewer"],
    ["/reviews"],
    ["/review-me"],
    ["/review."],
    ["/Review"],
    ["/REVIEW full"],
    ["//review"],
    ["review"],
    ["please /review"],
    ["I ran /review full yesterday"],
    ["\\/review"],
    [" /review"],
    [""],
    ["no command at all"],
    ["/rev\u200Biew"],
  ])("%j is no command", (comment) => {
    expect(parseCommand(comment)).toBeNull();
  });
});

describe("where a command stands", () => {
  it.each([
    ["on the second line", "Thanks!\n/review full"],
    ["after a blank line", "Thanks!\n\n/review full"],
    ["with CRLF", "Thanks!\r\n\r\n/review full\r\nBye\r\n"],
    ["after lone returns", "a\rb\r\r/review full\rc"],
    ["right after a quote and a blank line", "> quoted\n\n/review full"],
    ["right below a list", "Done:\n- a\n- b\n/review full"],
    ["after a list and a blank line", "- a\n- b\n\n/review full"],
    ["after code", "```\n/review\n```\n/review full"],
    ["after a heading", "# Again\n/review full"],
    ["after code in a line", "`a`\n/review full"],
    ["after an unpaired tick", "it`s\n/review full"],
    ["after a comment", "<!-- /review -->\n\n/review full"],
    ["before anything", "/review full\n```\nlog\n```"],
    ["after bold text", "**please**\n/review full"],
  ])("%s it is obeyed", (_, comment) => {
    expect(parseCommand(comment)).toEqual(review({ memory: "forget" }));
  });

  it.each([
    ["in a quote", "> /review full"],
    ["in a quote of a quote", ">> a\n>> /review full"],
    ["in a quote's lazy line", "> they said\n/review full"],
    ["in a quote in a list", "- > they said\n/review full"],
    ["in a fence", "```\n/review full\n```"],
    ["in a fence with a language", "```sh\n/review full\n```"],
    ["in a fence of tildes", "~~~\n/review full\n~~~"],
    ["in a fence that never ends", "```\n/review full"],
    ["in a long fence around a short one", "````\n```\n/review full\n```\n````"],
    ["in a fence behind lone returns", "x\r\r\rhello\n```\n/review full\n```\n\n\nworld"],
    ["in indented code", "text\n\n    /review full"],
    ["in code in a line", "`/review full`"],
    ["in code over several lines", "`a\n/review full\nb`"],
    ["in code over several lines in emphasis", "*see ``a\n/review full\n``*"],
    ["in a comment", "<!--\n/review full\n-->"],
    ["in a comment in text", "a <!--\n/review full\n-->"],
    ["in a comment that never ends", "<!--\n/review full"],
    ["in a tag over several lines", 'a <b title="\n/review full\n">'],
    ["in HTML", "<details>\n/review full\n</details>"],
    ["as a heading", "/review full\n==="],
    ["as a list item", "- /review full"],
    ["in a table", "| a |\n|---|\n| /review full |"],
  ])("%s it is somebody else's", (_, comment) => {
    expect(parseCommand(comment)).toBeNull();
  });

  it("the first one counts", () => {
    expect(parseCommand("/review help\n/review full")).toEqual({ kind: "help" });
  });
});

describe("a stranger's comment", () => {
  it.each([
    ["of 65,536 characters", `/review full\n${"x".repeat(65_523)}`, review({ memory: "forget" })],
    ["with its command past 20,000 characters", `${"x\n".repeat(20_000)}/review full`, null],
    ["of 30,000 words", `/review ${"security ".repeat(7_000)}`, review({ passes: ["security"] })],
    ["of deep quotes", `${">".repeat(19_000)}a\n\n/review`, review()],
    ["of deep lists", `${"- ".repeat(9_000)}a\n\n/review`, review()],
    ["of deep emphasis", `${"*".repeat(9_000)}a${"*".repeat(9_000)}\n\n/review`, review()],
    ["of deep deletion", `${"~~a ".repeat(2_400)}${"b~~ ".repeat(2_400)}\n\n/review`, review()],
    ["of images", `${"![".repeat(9_000)}\n\n/review`, review()],
    ["of images that end", `${"![".repeat(3_000)}a${"](x)".repeat(3_000)}\n\n/review`, review()],
    ["of brackets", `${"[".repeat(19_000)}\n\n/review`, review()],
    ["of definitions", `${"[a]: x\n".repeat(2_500)}\n\n/review`, review()],
    ["of tags", `${"<a ".repeat(6_000)}\n\n/review`, review()],
    ["of entities", `${"&#1;".repeat(4_500)}\n\n/review`, review()],
    ["of addresses", `${"www.a@b.".repeat(2_000)}\n\n/review`, review()],
    ["of returns", `${"\r".repeat(19_000)}\n\n/review`, review()],
  ])("%s neither crashes nor stops the server", (_, comment, command) => {
    expect(parseCommand(comment)).toEqual(command);
  });

  test("a mark past the 500th is only text: a command below it is still found", () => {
    expect(parseCommand(`${"* a\n".repeat(900)}\n/review help`)).toEqual({ kind: "help" });
  });
});

describe("an answer is never a command", () => {
  const words = [
    "x",
    "/review",
    "`",
    "a\n/review full",
    "@octocat",
    "<!-- x -->",
    "🎉".repeat(100),
    "|",
    "\u202Eevil",
  ];

  it.each(words)("to the word %j", (word) => {
    const reply = mistakeReply(word, "security");

    expect(parseCommand(reply)).toBeNull();
    expect(reply.isWellFormed()).toBe(true);
    expect(reply).not.toMatch(/[\u202A-\u202E]/);
  });

  it("to help, which names every pass and every form", () => {
    expect(parseCommand(helpReply())).toBeNull();
    for (const word of [...PASSES, "/review full", "/review help", "/review src/api/**"]) {
      expect(helpReply()).toContain(word);
    }
  });

  it("each example of the help is a command", () => {
    const examples = [...helpReply().matchAll(/`(\/review[^`]*)`/g)].map((match) =>
      parseCommand(match[1] ?? ""),
    );

    expect(examples.map((command: Command | null) => command?.kind)).toEqual([
      "review",
      "review",
      "review",
      "review",
      "help",
    ]);
  });
});

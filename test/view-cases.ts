// A repository with a little of everything that a repository can hold, and what each view of it has to answer.
import { execFileSync } from "node:child_process";
import { renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { FileContent } from "../src/domain/pull-request.ts";
import type { RepositoryView } from "../src/review/repository-view.ts";
import { type Files, type TempRepository, tempRepository, writeAll } from "./builders-git.ts";

export const NEVER = new AbortController().signal;

const lines = (count: number, word = "line") =>
  Array.from({ length: count }, (_, at) => `${word} ${at}\n`).join("");

const BASE: Files = {
  ".gitattributes": "docs/** export-ignore\nkept.txt export-ignore\n*.bat text eol=crlf\n",
  "src/a.ts": lines(40),
  "src/crlf.ts": "one\r\ntwo\r\nthree\r\n",
  "src/same.ts": "the same\n",
  "src/gone.ts": "gone\nwith the change\n",
  "src/old.ts": lines(30, "moved"),
  "src/was.ts": lines(30, "both"),
  "src/open.ts": "no final newline\nhere",
  "src/grows.ts": "first\n",
  "empty.ts": "",
  "run.bat": "echo one\necho two\n",
  "kept.txt": "kept out of archives\n",
  "docs/guide.md": "kept out, too\n",
  "data.bin": Buffer.from([1, 2, 0, 3, 4]),
  "latin1.txt": Buffer.from("caf\u00e9\n", "latin1"),
  "bom.ts": "\ufeffexport {};\n",
  "large.txt": "x".repeat(600 * 1024),
  "with space.ts": "space\n",
  "quo\"te's.ts": "quotes\n",
  "new\nline.ts": "newline\n",
  "tab\tand \\back.ts": "tab\n",
  "ünï/cödé.ts": "unicode\n",
  "..dots/...ts": "dots\n",
};

const HEAD: Files = {
  "src/a.ts": lines(40).replace("line 3\n", "line three\n").replace("line 30\n", "line 30\nand a half\n"),
  "src/crlf.ts": "one\r\n2\r\nthree\r\n",
  "src/gone.ts": null,
  "src/new.ts": "new\n",
  "src/was.ts": null,
  "src/is.ts": lines(30, "both").replace("both 7\n", "both seven\n"),
  "src/open.ts": "no final newline\nthere",
  "src/grows.ts": "first\nsecond\n",
  "run.bat": "echo one\necho three\n",
  "kept.txt": "kept out of archives, and changed\n",
  "data.bin": Buffer.from([1, 2, 0, 3, 5]),
};

/** `main` and `topic`, and `main` has moved on since they parted. */
export function variedRepository(): TempRepository {
  const repository = tempRepository("varied");
  writeAll(repository, BASE);
  symlinkSync("src/a.ts", join(repository.directory, "link.ts"));
  symlinkSync("/etc/passwd", join(repository.directory, "outside.ts"));
  repository.git("add", "--all");
  repository.git("update-index", "--add", "--cacheinfo", `160000,${"5".repeat(40)},module`);
  repository.git("commit", "--quiet", "--message", "The base");
  repository.git("checkout", "--quiet", "-b", "topic");
  writeAll(repository, HEAD);
  renameSync(join(repository.directory, "src/old.ts"), join(repository.directory, "src/moved.ts"));
  execFileSync("mkdir", ["-p", join(repository.directory, "module")]);
  repository.git("add", "--all", "--", ".", ":!module");
  repository.git("commit", "--quiet", "--message", "The change");
  repository.git("checkout", "--quiet", "main");
  repository.write("src/a.ts", "main has moved on\n");
  repository.write("src/same.ts", "here, too\n");
  repository.git("add", "--all", "--", ".", ":!module");
  repository.git("commit", "--quiet", "--message", "Meanwhile");
  return repository;
}

const text = (value: unknown): FileContent => ({ kind: "text", text: String(value) });
const ABSENT: FileContent = { kind: "absent" };
const unreadable = (reason: string): FileContent => ({ kind: "unreadable", reason });

/** Path, at head, at base. */
const EXPECTED: readonly (readonly [string, FileContent, FileContent])[] = [
  ...["src/a.ts", "src/crlf.ts", "src/open.ts", "src/grows.ts", "run.bat", "kept.txt"].map(
    (path) => [path, text(HEAD[path]), text(BASE[path])] as const,
  ),
  ...Object.keys(BASE)
    .filter((path) => /\.(ts|md)$/.test(path) && !(path in HEAD) && path !== "src/old.ts")
    .map((path) => [path, text(BASE[path]), text(BASE[path])] as const),
  ["src/new.ts", text("new\n"), ABSENT],
  ["src/gone.ts", ABSENT, text(BASE["src/gone.ts"])],
  ["src/moved.ts", text(BASE["src/old.ts"]), ABSENT],
  ["src/old.ts", ABSENT, text(BASE["src/old.ts"])],
  ["src/is.ts", text(HEAD["src/is.ts"]), ABSENT],
  ["src/was.ts", ABSENT, text(BASE["src/was.ts"])],
  ["data.bin", unreadable("not a text file"), unreadable("not a text file")],
  ["latin1.txt", unreadable("not a text file"), unreadable("not a text file")],
  ["large.txt", unreadable("larger than 512 KiB"), unreadable("larger than 512 KiB")],
  ["link.ts", unreadable("a symbolic link"), unreadable("a symbolic link")],
  ["outside.ts", unreadable("a symbolic link"), unreadable("a symbolic link")],
  ...["module", "src", "nowhere.ts", "", "/etc/passwd", "../src/a.ts", "src/../src/a.ts", "src//a.ts"].map(
    (path) => [path, ABSENT, ABSENT] as const,
  ),
  ...["./src/a.ts", "src/a.ts/", "src/a.ts\0", "HEAD:src/a.ts", "src/*.ts", ":(top)src/a.ts", "--help"].map(
    (path) => [path, ABSENT, ABSENT] as const,
  ),
];

const PATHS = EXPECTED.map(([path]) => path);

/** What both adapters promise. `view` is asked for in each test. */
export function itAnswersAsTheRepositoryDoes(view: () => RepositoryView): void {
  it("reads each file at head, and says why where it cannot", async () => {
    expect([...(await view().readHead(PATHS, NEVER))]).toEqual(EXPECTED.map(([path, head]) => [path, head]));
  });

  it("reads each file as it was where the histories parted", async () => {
    expect([...(await view().readBase(PATHS, NEVER))]).toEqual(
      EXPECTED.map(([path, , base]) => [path, base]),
    );
  });

  it("scans texts in the order that is asked for, and nothing else", async () => {
    const scanned = async (paths: readonly string[]) => {
      const found: (readonly [string, string])[] = [];
      for await (const { path, text } of view().scan(paths, NEVER)) found.push([path, text]);
      return found;
    };
    const paths = PATHS.filter(
      (path) => path !== "kept.txt" && path !== "docs/guide.md" && path !== "run.bat",
    );
    const texts = EXPECTED.flatMap(([path, head]) =>
      paths.includes(path) && head.kind === "text" ? [[path, head.text] as const] : [],
    );

    expect(await scanned(paths)).toEqual(texts);
    expect(await scanned(paths.toReversed())).toEqual(texts.toReversed());
    expect(await scanned([])).toEqual([]);
  });

  it("can be left in the middle of a scan, and is of use after it", async () => {
    for await (const { path } of view().scan(PATHS, NEVER)) {
      expect(path).toBe("src/a.ts");
      break;
    }

    expect((await view().readHead(["src/same.ts"], NEVER)).get("src/same.ts")).toEqual(text("the same\n"));
  });

  it("stops when it is told to", async () => {
    const stop = AbortSignal.abort(new Error("enough"));
    const scanAll = async () => {
      for await (const { path } of view().scan(PATHS, stop)) expect(path).toBe("nothing at all");
    };

    await expect(view().readHead(["src/same.ts"], stop)).rejects.toThrow("enough");
    await expect(scanAll()).rejects.toThrow("enough");
  });
}

/** Every regular file at head with its size, in order. */
export function filesAtHead(repository: TempRepository): readonly { path: string; bytes: number }[] {
  return repository
    .git("ls-tree", "-r", "-z", "-l", "topic")
    .split("\0")
    .flatMap((line) => {
      const found = /^100\d+ blob \S+ +(\d+)\t([^]*)$/.exec(line);
      return found === null ? [] : [{ path: found[2] ?? "", bytes: Number(found[1]) }];
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

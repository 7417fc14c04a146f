/** File name → grammar: which parser reads a file is decided by its name alone. */

export type Language =
  | "bash"
  | "c-sharp"
  | "cpp"
  | "css"
  | "go"
  | "java"
  | "javascript"
  | "php"
  | "powershell"
  | "python"
  | "ruby"
  | "rust"
  | "tsx"
  | "typescript";

/** C has no grammar of its own; what C and C++ share is nearly all of C. */
const BY_EXTENSION: ReadonlyMap<string, Language> = new Map([
  ["bash", "bash"],
  ["c", "cpp"],
  ["cc", "cpp"],
  ["cjs", "javascript"],
  ["cpp", "cpp"],
  ["cs", "c-sharp"],
  ["css", "css"],
  ["cts", "typescript"],
  ["cxx", "cpp"],
  ["gemspec", "ruby"],
  ["go", "go"],
  ["h", "cpp"],
  ["hh", "cpp"],
  ["hpp", "cpp"],
  ["hxx", "cpp"],
  ["java", "java"],
  ["js", "javascript"],
  ["jsx", "javascript"],
  ["mjs", "javascript"],
  ["mts", "typescript"],
  ["php", "php"],
  ["phtml", "php"],
  ["ps1", "powershell"],
  ["psm1", "powershell"],
  ["py", "python"],
  ["pyi", "python"],
  ["rake", "ruby"],
  ["rb", "ruby"],
  ["rs", "rust"],
  ["sh", "bash"],
  ["ts", "typescript"],
  ["tsx", "tsx"],
]);

const BY_NAME: ReadonlyMap<string, Language> = new Map([
  [".bash_profile", "bash"],
  [".bashrc", "bash"],
  [".profile", "bash"],
  ["gemfile", "ruby"],
  ["rakefile", "ruby"],
]);

/** Null where no grammar reads such a file. */
export function languageOf(path: string): Language | null {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const dot = name.lastIndexOf(".");
  return BY_NAME.get(name) ?? (dot < 0 ? null : (BY_EXTENSION.get(name.slice(dot + 1)) ?? null));
}

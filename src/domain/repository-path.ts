/** Which names stand for a file within a repository. */

/** Relative, in parts that git itself would take: none empty, none `.` or `..`, no NUL. */
export function isRepositoryPath(path: string): boolean {
  return (
    !path.includes("\0") && path.split("/").every((part) => part !== "" && part !== "." && part !== "..")
  );
}

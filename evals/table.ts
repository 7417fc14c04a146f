/** Rows of text as a table: aligned for a terminal, or as Markdown. */

export const TABLE_FORMATS = ["pretty", "markdown"] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

export function table(
  format: TableFormat,
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = heading.map((cell, column) =>
    Math.max(...[cell, ...rows.map((row) => row[column] ?? "")].map((text) => text.length)),
  );
  const line = (cells: readonly string[]) => cells.map((cell, column) => pad(cell, widths, column));
  if (format === "pretty") return [heading, ...rows].map((row) => line(row).join("  ").trimEnd()).join("\n");
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [line(heading), rule, ...rows.map((row) => line(row.map(escapeBar)))]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

/** Words to the left, figures to the right. */
function pad(cell: string, widths: readonly number[], column: number): string {
  const width = widths[column] ?? 0;
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function escapeBar(cell: string): string {
  return cell.replaceAll("|", "\\|");
}

export function heading(format: TableFormat, text: string): string {
  return format === "markdown" ? `## ${text}` : text.toUpperCase();
}

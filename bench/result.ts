// What a benchmark found: one row a setting, printed as a table and written as JSON.

export type Row = Readonly<Record<string, string | number>>;

export interface Result {
  readonly title: string;
  readonly rows: readonly Row[];
  /** What a reader must know to read the numbers. */
  readonly notes: readonly string[];
}

/** A row is a column of the printed table: settings are few, and what is measured about each is much. */
export function tableOf(result: Result): string {
  const measures = [...new Set(result.rows.flatMap((row) => Object.keys(row)))];
  const lines = measures.map((measure) => [
    measure === "setting" ? "" : measure,
    ...result.rows.map((row) => String(row[measure] ?? "")),
  ]);
  const widths = Array.from({ length: result.rows.length + 1 }, (_, column) =>
    Math.max(...lines.map((cells) => cells[column]?.length ?? 0)),
  );
  const drawn = lines.map((cells) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  return [result.title, "", ...drawn, "", ...result.notes.map((note) => `  ${note}`), ""].join("\n");
}

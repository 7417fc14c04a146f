// One attack and what must come of it. The catalogue has 24 of them, A1 to A24; docs/adr/0031 says what each is.

export interface AttackCase {
  /** `A7-03`: the attack and the number within it. */
  readonly id: string;
  readonly name: string;
  /** Throws when the attack succeeds. */
  readonly run: () => void | Promise<void>;
}

/** Rows of a table → numbered cases of one attack. */
export function casesOf<Row extends { readonly name: string }>(
  attack: string,
  rows: readonly Row[],
  run: (row: Row) => void | Promise<void>,
): readonly AttackCase[] {
  return rows.map((row) => ({ id: attack, name: row.name, run: () => run(row) }));
}

/** Numbers the cases of each attack in the order in which they come. */
export function numbered(cases: readonly AttackCase[]): readonly AttackCase[] {
  const counts = new Map<string, number>();
  return cases.map((one) => {
    const count = (counts.get(one.id) ?? 0) + 1;
    counts.set(one.id, count);
    return { ...one, id: `${one.id}-${String(count).padStart(2, "0")}` };
  });
}

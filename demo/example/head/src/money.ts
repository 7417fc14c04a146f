/** Money is an integer number of cents; fractions exist only inside these functions. */

export interface PricedLine {
  readonly quantity: number;
  readonly unitPriceCents: number;
  readonly taxBasisPoints: number;
}

const BASIS_POINTS = 10_000;

/** Tax on one line, rounded half up to a whole cent, as it stands on the invoice. */
export function lineTaxCents(line: PricedLine): number {
  const exact = line.quantity * line.unitPriceCents * line.taxBasisPoints;
  return Math.floor((exact + BASIS_POINTS / 2) / BASIS_POINTS);
}

export function lineGrossCents(line: PricedLine): number {
  return line.quantity * line.unitPriceCents + lineTaxCents(line);
}

/** What the customer pays: the sum of rounded lines. */
export function totalCents(lines: readonly PricedLine[]): number {
  return lines.reduce((sum, line) => sum + lineGrossCents(line), 0);
}

/** 123456, "EUR" → "1234.56 EUR", without going through a floating point number. */
export function formatCents(cents: number, currency: string): string {
  const sign = cents < 0 ? "-" : "";
  const digits = String(Math.abs(cents)).padStart(3, "0");
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)} ${currency}`;
}

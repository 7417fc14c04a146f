import type { Database } from "../db/tenant-database.js";

export interface RevenueRow {
  readonly month: string;
  readonly cents: number;
}

/** The database sees the rows of its tenant alone (row level security), so the query names none. */
export async function revenueReport(database: Database, year: number): Promise<RevenueRow[]> {
  return database.query<RevenueRow>(
    `SELECT to_char(booked_at, 'YYYY-MM') AS month, sum(amount_cents)::bigint AS cents
       FROM invoices
      WHERE booked_at >= make_date($1, 1, 1) AND booked_at < make_date($1 + 1, 1, 1)
      GROUP BY 1 ORDER BY 1`,
    [year],
  );
}

import type { Database } from "../db/tenant-database.js";

export async function bookInvoice(database: Database, invoiceId: string, at: Date): Promise<void> {
  await database.query("UPDATE invoices SET booked_at = $2 WHERE id = $1 AND booked_at IS NULL", [invoiceId, at]);
}

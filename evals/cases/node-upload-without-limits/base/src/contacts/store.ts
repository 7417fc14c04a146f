import type { Pool } from "pg";

export interface NewContact {
  readonly name: string;
  readonly email: string;
}

export class ContactStore {
  constructor(private readonly pool: Pool) {}

  /** Existing addresses of the same owner are left as they are. Returns the number of rows that were added. */
  async addAll(ownerId: string, contacts: readonly NewContact[]): Promise<number> {
    const result = await this.pool.query(
      `INSERT INTO contacts (owner_id, name, email)
       SELECT $1, * FROM unnest($2::text[], $3::text[])
       ON CONFLICT (owner_id, email) DO NOTHING`,
      [ownerId, contacts.map((one) => one.name), contacts.map((one) => one.email)],
    );
    return result.rowCount ?? 0;
  }
}

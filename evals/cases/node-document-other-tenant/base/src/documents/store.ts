import type { Pool } from "pg";

export interface DocumentRow {
  readonly id: string;
  readonly organisationId: string;
  readonly name: string;
  readonly contentType: string;
  readonly storageKey: string;
}

const COLUMNS = `id, organisation_id AS "organisationId", name, content_type AS "contentType", storage_key AS "storageKey"`;

export class DocumentStore {
  constructor(private readonly pool: Pool) {}

  async listFor(organisationId: string, limit: number): Promise<DocumentRow[]> {
    const { rows } = await this.pool.query<DocumentRow>(
      `SELECT ${COLUMNS} FROM documents WHERE organisation_id = $1 ORDER BY created_at DESC, id LIMIT $2`,
      [organisationId, limit],
    );
    return rows;
  }

  async byId(id: string): Promise<DocumentRow | undefined> {
    const { rows } = await this.pool.query<DocumentRow>(`SELECT ${COLUMNS} FROM documents WHERE id = $1`, [id]);
    return rows[0];
  }
}

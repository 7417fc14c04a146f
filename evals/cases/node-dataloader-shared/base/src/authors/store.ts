import type { Pool } from "pg";
import type { Viewer } from "../auth/viewer.js";

export interface Author {
  readonly id: string;
  readonly displayName: string;
  readonly email: string | null;
}

export class AuthorStore {
  constructor(private readonly pool: Pool) {}

  /** In any order, unknown ids left out. The address is filled in for moderators alone. */
  async byIds(ids: readonly string[], viewer: Viewer): Promise<Author[]> {
    const { rows } = await this.pool.query<Author>(
      `SELECT id, display_name AS "displayName", CASE WHEN $2 THEN email END AS email
         FROM authors WHERE id = ANY($1::uuid[])`,
      [ids, viewer.role === "moderator"],
    );
    return rows;
  }
}

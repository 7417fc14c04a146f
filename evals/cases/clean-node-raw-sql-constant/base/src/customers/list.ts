import type { Pool } from "pg";

export interface CustomerRow {
  readonly id: string;
  readonly name: string;
  readonly city: string;
  readonly createdAt: Date;
}

export async function listCustomers(pool: Pool, tenantId: string, limit: number): Promise<CustomerRow[]> {
  const { rows } = await pool.query<CustomerRow>(
    `SELECT id, name, city, created_at AS "createdAt"
       FROM customers WHERE tenant_id = $1 ORDER BY name, id LIMIT $2`,
    [tenantId, limit],
  );
  return rows;
}

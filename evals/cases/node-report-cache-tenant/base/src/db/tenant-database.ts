import type { PoolClient } from "pg";

export class Database {
  constructor(
    private readonly client: PoolClient,
    readonly tenantId: string,
  ) {}

  /** `app.tenant` is set for this connection when the request begins. */
  async query<T extends object>(sql: string, values: readonly unknown[]): Promise<T[]> {
    const { rows } = await this.client.query<T>(sql, [...values]);
    return rows;
  }
}

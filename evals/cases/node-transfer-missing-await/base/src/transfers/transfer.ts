import type { Pool, PoolClient } from "pg";
import { inTransaction } from "../db/transaction.js";
import { InsufficientFunds } from "./errors.js";

export interface TransferRequest {
  readonly id: string;
  readonly fromAccount: string;
  readonly toAccount: string;
  readonly amountCents: bigint;
  readonly requestedBy: string;
}

export async function transfer(pool: Pool, request: TransferRequest): Promise<void> {
  await inTransaction(pool, async (client) => {
    await debit(client, request);
    await credit(client, request);
  });
}

async function debit(client: PoolClient, { fromAccount, amountCents }: TransferRequest): Promise<void> {
  const { rowCount } = await client.query(
    "UPDATE accounts SET balance_cents = balance_cents - $2 WHERE id = $1 AND balance_cents >= $2",
    [fromAccount, amountCents],
  );
  if (rowCount !== 1) throw new InsufficientFunds(fromAccount);
}

async function credit(client: PoolClient, { toAccount, amountCents }: TransferRequest): Promise<void> {
  await client.query("UPDATE accounts SET balance_cents = balance_cents + $2 WHERE id = $1", [toAccount, amountCents]);
}

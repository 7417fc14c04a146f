use sqlx::{PgPool, Postgres, Transaction};

pub struct StockStore {
    pub pool: PgPool,
}

impl StockStore {
    /// Adds (or takes, when negative) pieces. The row must exist; the check constraint refuses less than zero.
    pub async fn change(
        tx: &mut Transaction<'_, Postgres>,
        warehouse: i64,
        sku: &str,
        pieces: i32,
    ) -> sqlx::Result<u64> {
        let done = sqlx::query("UPDATE stock SET pieces = pieces + $3 WHERE warehouse = $1 AND sku = $2")
            .bind(warehouse)
            .bind(sku)
            .bind(pieces)
            .execute(&mut **tx)
            .await?;
        Ok(done.rows_affected())
    }

    pub async fn receive(&self, warehouse: i64, sku: &str, pieces: i32) -> sqlx::Result<u64> {
        let mut tx = self.pool.begin().await?;
        let rows = Self::change(&mut tx, warehouse, sku, pieces).await?;
        tx.commit().await?;
        Ok(rows)
    }
}

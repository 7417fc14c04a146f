use sqlx::{FromRow, PgPool};
use time::OffsetDateTime;

#[derive(Debug, FromRow, serde::Serialize)]
pub struct AuditEntry {
    pub id: i64,
    pub actor: String,
    pub action: String,
    pub happened_at: OffsetDateTime,
}

pub async fn latest(pool: &PgPool, tenant: i64, limit: i64) -> sqlx::Result<Vec<AuditEntry>> {
    sqlx::query_as("SELECT id, actor, action, happened_at FROM audit WHERE tenant = $1 ORDER BY id DESC LIMIT $2")
        .bind(tenant)
        .bind(limit)
        .fetch_all(pool)
        .await
}

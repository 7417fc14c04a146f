use axum::extract::State;
use axum::Json;
use sqlx::PgPool;

use crate::admin::Admin;
use crate::audit::store::{self, AuditEntry};
use crate::error::AppError;

pub async fn list(State(pool): State<PgPool>, admin: Admin) -> Result<Json<Vec<AuditEntry>>, AppError> {
    Ok(Json(store::latest(&pool, admin.tenant, 100).await?))
}

#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    #[error("{sku} is not kept in warehouse {warehouse}")]
    NotKept { warehouse: i64, sku: String },
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

use axum::extract::State;
use axum::http::StatusCode;
use axum::Json;

use crate::store::{Measurement, Store};

pub async fn ingest(State(store): State<Store>, Json(measurement): Json<Measurement>) -> StatusCode {
    match store.insert(&[measurement]).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(error) => {
            tracing::error!(%error, "measurement not stored");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

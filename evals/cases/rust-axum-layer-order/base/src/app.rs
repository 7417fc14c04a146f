use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::Router;

use crate::auth::require_user;
use crate::projects;
use crate::state::AppState;

pub fn app(state: AppState) -> Router {
    Router::new()
        .route("/v1/projects", get(projects::list))
        .route("/v1/projects/{id}", get(projects::show))
        .layer(from_fn_with_state(state.clone(), require_user))
        .route("/health", get(|| async { "ok" }))
        .with_state(state)
}

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};

use crate::auth::User;
use crate::state::AppState;
use crate::store::Project;

pub async fn list(State(state): State<AppState>, Extension(user): Extension<User>) -> Json<Vec<Project>> {
    Json(state.projects.of_owner(user.id).await)
}

pub async fn show(
    State(state): State<AppState>,
    Extension(user): Extension<User>,
    Path(id): Path<i64>,
) -> Result<Json<Project>, StatusCode> {
    state.projects.find(id, user.id).await.map(Json).ok_or(StatusCode::NOT_FOUND)
}

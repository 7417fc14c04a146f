use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use crate::state::AppState;

#[derive(Debug, Clone)]
pub struct User {
    pub id: i64,
}

/// Answers 401 unless the bearer token belongs to a user, who is then found in the extensions.
pub async fn require_user(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Result<Response, StatusCode> {
    let token = request
        .headers()
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or(StatusCode::UNAUTHORIZED)?;
    let id = state.tokens.user_of(token).await.ok_or(StatusCode::UNAUTHORIZED)?;
    request.extensions_mut().insert(User { id });
    Ok(next.run(request).await)
}

use axum::extract::{Path, State};
use axum::Json;
use uuid::Uuid;

use crate::error::AppError;
use crate::messages::ListedMessage;
use crate::state::AppState;
use crate::user::User;

pub async fn list(
    State(state): State<AppState>,
    user: User,
    Path(room): Path<Uuid>,
) -> Result<Json<Vec<ListedMessage>>, AppError> {
    state.rooms.require_member(room, user.id).await?;
    let messages = state.messages.latest(room, 50).await?;
    Ok(Json(messages.iter().map(ListedMessage::from).collect()))
}

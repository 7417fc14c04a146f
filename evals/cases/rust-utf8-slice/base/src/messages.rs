use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone)]
pub struct Message {
    pub id: Uuid,
    pub author: String,
    /// As the author typed it, at most 10,000 characters.
    pub text: String,
    pub sent_at: OffsetDateTime,
}

#[derive(Debug, Serialize)]
pub struct ListedMessage {
    pub id: Uuid,
    pub author: String,
    pub text: String,
}

impl From<&Message> for ListedMessage {
    fn from(message: &Message) -> Self {
        Self {
            id: message.id,
            author: message.author.clone(),
            text: message.text.clone(),
        }
    }
}

use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
pub struct RefundLine {
    pub line_id: i64,
    pub quantity: i32,
}

#[derive(Debug, Clone)]
pub struct OrderLine {
    pub id: i64,
    pub unit_cents: i64,
    pub quantity: i32,
}

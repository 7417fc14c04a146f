#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("{0}")]
    Invalid(&'static str),
    #[error("the payment service failed: {0}")]
    Payment(#[from] reqwest::Error),
}

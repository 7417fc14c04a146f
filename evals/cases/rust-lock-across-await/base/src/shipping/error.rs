#[derive(Debug, thiserror::Error)]
pub enum ShippingError {
    #[error("the shipping service failed: {0}")]
    Http(#[from] reqwest::Error),
}

use crate::error::AppError;

pub struct PaymentService {
    http: reqwest::Client,
    url: String,
}

impl PaymentService {
    pub async fn refund(&self, payment: &str, cents: u32) -> Result<(), AppError> {
        let body = serde_json::json!({ "payment": payment, "cents": cents });
        self.http.post(&self.url).json(&body).send().await?.error_for_status()?;
        Ok(())
    }
}

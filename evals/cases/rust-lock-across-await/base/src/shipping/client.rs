use std::time::Duration;

use serde::Deserialize;

use crate::shipping::error::ShippingError;

#[derive(Clone)]
pub struct ShippingClient {
    http: reqwest::Client,
    base_url: String,
    client_id: String,
    client_secret: String,
}

#[derive(Deserialize)]
struct TokenReply {
    access_token: String,
    expires_in: u64,
}

#[derive(Deserialize)]
pub struct Label {
    pub url: String,
}

impl ShippingClient {
    pub fn new(base_url: String, client_id: String, client_secret: String) -> Result<Self, ShippingError> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build()?;
        Ok(Self { http, base_url, client_id, client_secret })
    }

    pub async fn label(&self, shipment: &str) -> Result<Label, ShippingError> {
        let token = self.fetch_token().await?.access_token;
        let url = format!("{}/shipments/{}/label", self.base_url, urlencoding::encode(shipment));
        let response = self.http.post(url).bearer_auth(token).send().await?.error_for_status()?;
        Ok(response.json().await?)
    }

    async fn fetch_token(&self) -> Result<TokenReply, ShippingError> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.client_id),
            ("client_secret", &self.client_secret),
        ];
        let response = self.http.post(format!("{}/token", self.base_url)).form(&form).send().await?;
        Ok(response.error_for_status()?.json().await?)
    }
}

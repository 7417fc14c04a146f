mod shipping;

use axum::routing::post;
use axum::Router;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let client = shipping::from_env()?;
    let app = Router::new().route("/labels/{shipment}", post(shipping::create_label)).with_state(client);
    let listener = tokio::net::TcpListener::bind("0.0.0.0:8080").await?;
    axum::serve(listener, app).await?;
    Ok(())
}

mod config;
mod server;

use config::Config;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().json().init();
    let config = Config::from_env()?;
    server::run(config).await
}

mod server;
mod tariff;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tariffs = tariff::tariffs();
    server::run(tariffs).await?;
    Ok(())
}

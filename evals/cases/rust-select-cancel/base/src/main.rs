mod importer;
mod store;

use std::path::Path;
use std::time::Duration;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let store = store::Store::open(&std::env::var("DATABASE_URL")?).await?;
    loop {
        importer::run(&store, Path::new("/var/import/inbox"), Path::new("/var/import/done")).await?;
        tokio::time::sleep(Duration::from_secs(30)).await;
    }
}

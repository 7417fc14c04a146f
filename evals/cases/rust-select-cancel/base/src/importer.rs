use std::path::{Path, PathBuf};

use anyhow::Context;
use tokio::fs;

use crate::store::Store;

/// Imports each file of the folder once, in order of name, and moves it to `done`.
pub async fn run(store: &Store, inbox: &Path, done: &Path) -> anyhow::Result<usize> {
    let mut count = 0;
    for path in pending(inbox).await? {
        import_file(store, &path, done).await?;
        count += 1;
    }
    Ok(count)
}

async fn import_file(store: &Store, path: &Path, done: &Path) -> anyhow::Result<()> {
    let text = fs::read_to_string(path).await.with_context(|| format!("read {}", path.display()))?;
    for line in text.lines() {
        // Not idempotent: a line that is inserted twice counts twice.
        store.insert_line(line).await.with_context(|| format!("store a line of {}", path.display()))?;
    }
    let name = path.file_name().context("a file has a name")?;
    fs::rename(path, done.join(name)).await.with_context(|| format!("move {}", path.display()))
}

async fn pending(inbox: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut entries = fs::read_dir(inbox).await.context("list the inbox")?;
    let mut paths = Vec::new();
    while let Some(entry) = entries.next_entry().await? {
        paths.push(entry.path());
    }
    paths.sort();
    Ok(paths)
}

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;

#[async_trait]
pub trait StatsSink: Send + Sync {
    /// Adds the counts to the table, all or none.
    async fn add(&self, counts: &HashMap<String, u64>) -> anyhow::Result<()>;
}

#[derive(Default)]
pub struct Stats {
    counts: Mutex<HashMap<String, u64>>,
}

impl Stats {
    pub fn hit(&self, feature: &str) {
        let mut counts = self.counts.lock().expect("no holder panics");
        *counts.entry(feature.to_owned()).or_default() += 1;
    }

    /// Called once a minute, by one task.
    pub async fn flush(&self, sink: &dyn StatsSink) -> anyhow::Result<()> {
        let counts = self.counts.lock().expect("no holder panics").clone();
        if counts.is_empty() {
            return Ok(());
        }
        sink.add(&counts).await?;
        let mut rest = self.counts.lock().expect("no holder panics");
        for (feature, flushed) in counts {
            if let Some(count) = rest.get_mut(&feature) {
                *count -= flushed;
            }
        }
        rest.retain(|_, count| *count > 0);
        Ok(())
    }
}

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use features::stats::{Stats, StatsSink};

#[derive(Default)]
struct Recorded(Mutex<Vec<HashMap<String, u64>>>);

#[async_trait]
impl StatsSink for Recorded {
    async fn add(&self, counts: &HashMap<String, u64>) -> anyhow::Result<()> {
        self.0.lock().unwrap().push(counts.clone());
        Ok(())
    }
}

#[tokio::test]
async fn flushes_each_hit_once() {
    let (stats, sink) = (Stats::default(), Recorded::default());
    stats.hit("board");
    stats.hit("board");
    stats.flush(&sink).await.unwrap();
    stats.flush(&sink).await.unwrap();
    assert_eq!(*sink.0.lock().unwrap(), [HashMap::from([("board".to_owned(), 2)])]);
}

use serde::Deserialize;
use sqlx::PgPool;
use time::OffsetDateTime;

#[derive(Debug, Clone, Deserialize)]
pub struct Measurement {
    pub sensor: i64,
    pub value: f64,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

#[derive(Clone)]
pub struct Store {
    pool: PgPool,
}

impl Store {
    pub fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    pub async fn insert(&self, batch: &[Measurement]) -> sqlx::Result<()> {
        let sensors: Vec<i64> = batch.iter().map(|one| one.sensor).collect();
        let values: Vec<f64> = batch.iter().map(|one| one.value).collect();
        let times: Vec<OffsetDateTime> = batch.iter().map(|one| one.at).collect();
        sqlx::query("INSERT INTO measurements (sensor, value, at) SELECT * FROM unnest($1::bigint[], $2::float8[], $3::timestamptz[])")
            .bind(sensors)
            .bind(values)
            .bind(times)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

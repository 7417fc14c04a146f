use std::env;
use std::net::SocketAddr;

use anyhow::Context;

#[derive(Clone)]
pub struct Config {
    pub listen: SocketAddr,
    pub database_url: String,
    pub smtp_password: String,
    pub workers: usize,
}

impl Config {
    pub fn from_env() -> anyhow::Result<Self> {
        Ok(Self {
            listen: var("LISTEN")?.parse().context("LISTEN is not an address")?,
            database_url: var("DATABASE_URL")?,
            smtp_password: var("SMTP_PASSWORD")?,
            workers: var("WORKERS")?.parse().context("WORKERS is not a number")?,
        })
    }
}

fn var(name: &str) -> anyhow::Result<String> {
    env::var(name).with_context(|| format!("{name} is not set"))
}

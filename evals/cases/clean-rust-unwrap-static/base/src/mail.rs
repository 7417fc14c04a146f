#[derive(Debug, Clone)]
pub struct Mail {
    pub subject: String,
    /// At most 100 kB; longer mails are cut by the gateway.
    pub text: String,
}

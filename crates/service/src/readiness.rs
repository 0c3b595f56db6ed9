//! Whether the service can work right now: what `/readyz` and `doctor` say.

/// The state of what the service stands on. The texts name what is wrong and hold no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// The database answers, or why not.
    pub database: Result<(), String>,
    /// The bucket answers with these keys, and its clock agrees with ours to 15 minutes; or why not.
    pub bucket: Result<(), String>,
}

impl Readiness {
    /// Whether requests can be served.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.database.is_ok() && self.bucket.is_ok()
    }
}

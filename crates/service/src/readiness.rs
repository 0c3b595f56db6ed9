//! Whether the service can work right now: what `/readyz` and `doctor` say.

use std::{fmt, time::Duration};

use crate::{
    bucket::Health,
    jobs::queue::{failed_kinds, overdue_kinds},
    service::Service,
    steady::MAX_SKEW,
    store::millis,
};

/// How long the bucket is waited for: its own patience ends before.
const PATIENCE: Duration = Duration::from_secs(60);

/// The state of what the service stands on. The texts name what is wrong and hold no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// The database answers, or why not.
    pub database: Result<(), String>,
    /// The bucket answers with these keys, and its clock agrees with ours to 15 minutes; or why not.
    pub bucket: Result<(), String>,
    /// Whether the bucket, if it told the time, would take URLs that are signed here. If not, this server is of no use to those who
    /// send, although another one may be.
    pub is_in_time: bool,
    /// Whether the clock did what clocks do since it was last looked at.
    pub clock: ClockState,
    /// Links and uploads end in their time; or how many do not, and what to do. Requests are served all the same.
    pub expiry: Result<(), String>,
    /// Kinds of jobs of which one is dead, or that come again and failed ten times in a row. Requests are served all the same.
    pub failed_jobs: Vec<String>,
    /// Kinds of periodic jobs that no worker ran, ten minutes after they were due. Requests are served all the same.
    pub overdue_jobs: Vec<String>,
    /// Mail reaches people as far as is known, or why not. Requests are served all the same.
    pub mail: Result<(), String>,
    /// Bucket and database have the same objects, as far as they were compared; or what differs and what to do. Requests are served all
    /// the same.
    pub storage: Result<(), String>,
    /// All servers of this database derive codes from one secret, or what to do. Requests are served all the same.
    pub auth_secret: Result<(), String>,
    /// The payment provider tells of payments, or what to do. What was paid is found all the same, later.
    pub webhook: Result<(), String>,
}

/// What is thought of the clock. The texts say what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClockState {
    /// It is believed.
    Trusted,
    /// It is far ahead, as after a machine was switched off. What it ends is deleted once that has lasted.
    Doubted(String),
    /// It is behind, or ahead by more than any link lives.
    Wrong(String),
}

impl fmt::Display for ClockState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Trusted => "trusted",
            Self::Doubted(text) | Self::Wrong(text) => text,
        })
    }
}

impl Readiness {
    /// Whether this one server can serve requests. A bucket that is away is away for all servers, and pages, signing in and signing
    /// go on without it: it is a finding, and no reason to send people elsewhere.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.database.is_ok() && self.is_in_time && !matches!(self.clock, ClockState::Wrong(_))
    }
}

impl Service {
    /// Asks database and bucket, at the same time.
    pub async fn readiness(&self) -> Readiness {
        self.readiness_within(PATIENCE).await
    }

    /// The same for who does not wait long, as what stands in front of servers: a bucket that has not answered after `patience` is away.
    pub async fn readiness_within(&self, patience: Duration) -> Readiness {
        let bucket = tokio::time::timeout(patience, self.ask_bucket());
        let (database, bucket) = futures::join!(self.inner.store.ping(), bucket);
        let (bucket, is_in_time) = bucket.unwrap_or_else(|_| {
            (
                Err(format!("it gave no answer within {} ms", patience.as_millis())),
                true,
            )
        });
        Readiness {
            database: database.map_err(|error| error.to_string()),
            clock: self.clock_state(),
            // A database that does not answer says so itself.
            expiry: self.expiry_state().await.unwrap_or(Ok(())),
            failed_jobs: failed_kinds(self.inner.store.reader()).await.unwrap_or_default(),
            overdue_jobs: overdue_kinds(self.inner.store.reader()).await.unwrap_or_default(),
            mail: self.inner.mailer.health(),
            auth_secret: self.auth_secret_state().await.unwrap_or(Ok(())),
            storage: self.storage_state().await.unwrap_or(Ok(())),
            webhook: self.webhook_state().await.unwrap_or(Ok(())),
            bucket,
            is_in_time,
        }
    }

    /// Whether the bucket can be used, or why not, and whether its clock is ours.
    async fn ask_bucket(&self) -> (Result<(), String>, bool) {
        let health = self.inner.bucket.health().await;
        let agrees = agrees(&health, millis(self.inner.clock.now()));
        let is_in_time = agrees.is_ok();
        let bucket = match agrees.and(health.asked.map_err(|error| error.to_string())) {
            Ok(()) => self.check_owner().await,
            away => away,
        };
        (bucket, is_in_time)
    }
}

fn agrees(health: &Health, now: i64) -> Result<(), String> {
    match health.bucket_time.map(|bucket_time| now - bucket_time) {
        Some(skew) if skew.abs() > MAX_SKEW => {
            let (minutes, way) = (skew.abs() / 60_000, if skew > 0 { "ahead of" } else { "behind" });
            Err(format!(
                "this server's clock is {minutes} minutes {way} the bucket's; signed URLs would be refused"
            ))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_off_is_named() {
        let at = |bucket_time| Health {
            bucket_time,
            asked: Ok(()),
        };
        assert_eq!(agrees(&at(None), 0), Ok(()));
        assert_eq!(agrees(&at(Some(0)), MAX_SKEW), Ok(()));
        let ahead = agrees(&at(Some(0)), 20 * 60_000).unwrap_err();
        assert!(ahead.contains("20 minutes ahead"), "{ahead}");
        assert!(agrees(&at(Some(20 * 60_000)), 0).unwrap_err().contains("behind"));
    }
}

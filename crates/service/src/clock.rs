//! Time as the service sees it: from outside, so that tests can let a day pass in no time.

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use time::OffsetDateTime;

/// Tells the time. Everything that expires asks it; nothing here asks the system directly.
pub trait Clock: Send + Sync + 'static {
    /// Now, in UTC. It jumps when the date is set.
    fn now(&self) -> OffsetDateTime;

    /// Monotonic time since some moment in the life of this process: a date that moves by more than this has jumped.
    fn elapsed(&self) -> Duration;
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the service reads the system's clock"
    )]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    fn elapsed(&self) -> Duration {
        static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
        BEGAN.elapsed()
    }
}

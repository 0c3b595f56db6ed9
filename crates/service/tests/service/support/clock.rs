//! A clock that advances and jumps as a test says.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use sealdrop_service::{Clock, SystemClock};
use time::OffsetDateTime;

/// The system's clock, how much time was made to pass, and how far the date alone was moved besides. In milliseconds.
#[derive(Debug, Default)]
pub(crate) struct TestClock {
    passed: AtomicI64,
    jumped: AtomicI64,
}

impl TestClock {
    /// Lets time pass.
    pub(crate) fn advance(&self, by: Duration) {
        self.passed
            .fetch_add(i64::try_from(by.as_millis()).expect("a sane step"), Ordering::SeqCst);
    }

    /// Sets the date; no time passes.
    pub(crate) fn jump(&self, seconds: i64) {
        self.jumped.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> OffsetDateTime {
        let moved = self.passed.load(Ordering::SeqCst) + self.jumped.load(Ordering::SeqCst);
        SystemClock.now() + time::Duration::milliseconds(moved)
    }

    fn elapsed(&self) -> Duration {
        let passed = u64::try_from(self.passed.load(Ordering::SeqCst)).expect("time only passes");
        SystemClock.elapsed() + Duration::from_millis(passed)
    }
}

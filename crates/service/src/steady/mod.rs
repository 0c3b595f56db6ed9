//! A time that does not jump, for what cannot be taken back.
//!
//! The system's clock may be wrong by a year, and whoever ends links by it deletes everything within a minute. So what is
//! ended, deleted or given up goes by a line that starts at the last time which was trusted (the books keep it) and moves on
//! by what passes since. Who is let in goes by whichever is later, so that no link opens after its time. The reaper looks at
//! the clock before every pass: a jump is believed once it is confirmed or has lasted ([`judge`]).

mod judge;

use std::sync::PoisonError;

use crate::{
    clock::Clock,
    error::InternalError,
    readiness::ClockState,
    service::Service,
    store::{
        clock::{self, Model},
        instant, millis,
    },
};
use judge::{Doubt, Look};
pub(crate) use judge::{MAX_SKEW, TOLERANCE};

/// Milliseconds of a jump ahead that may still be a machine which was switched off. Links live for a month.
const LONGEST_ABSENCE: i64 = 31 * 24 * 3600 * 1000;

/// What this process thinks of its clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Steady {
    /// The line at the last look.
    line: i64,
    /// When that was, on the clock that nobody can set; milliseconds.
    looked: i64,
    doubt: Option<Doubt>,
    /// Whether a clock of another machine said the same.
    confirmed: bool,
}

impl Steady {
    /// From what the books know. What never noted the time goes by its newest row.
    pub(crate) fn begin(note: Option<Model>, newest_row: Option<i64>, clock: &dyn Clock) -> Self {
        let doubt = note.as_ref().and_then(|note| {
            let (seen_at, left) = note.seen_at.zip(note.doubt_left)?;
            Some(Doubt { seen_at, left })
        });
        Self {
            line: note
                .map(|note| note.noted_at)
                .or(newest_row)
                .unwrap_or_else(|| millis(clock.now())),
            looked: elapsed(clock),
            doubt,
            confirmed: false,
        }
    }

    /// Where the line begins.
    pub(crate) fn begun_at(self) -> i64 {
        self.line
    }

    fn line_at(self, elapsed: i64) -> i64 {
        self.line.saturating_add(elapsed - self.looked)
    }
}

impl Service {
    /// Now, for whoever is let in and for what is written down: no earlier than any time that was trusted.
    pub(crate) fn now(&self) -> i64 {
        self.system_time().max(self.steady().line_at(self.elapsed()))
    }

    /// Now, for what cannot be taken back: no later than what may be trusted.
    pub(crate) fn steady_now(&self) -> i64 {
        let steady = self.steady();
        let line = steady.line_at(self.elapsed());
        match steady.doubt {
            Some(_) => line,
            None => self.system_time().clamp(line, line.saturating_add(TOLERANCE)),
        }
    }

    /// Looks at the clock, and writes down what it thinks of it. The caller may vouch for it.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn look_at_clock(&self, vouched: bool) -> Result<(), InternalError> {
        let witness = if self.inner.bucket.is_elsewhere() {
            self.inner.bucket.health().await.bucket_time
        } else {
            None
        };
        let tx = self.inner.store.write().await?;
        let noted = clock::find(&*tx).await?.map(|note| note.noted_at);
        let before = self.steady();
        let elapsed = self.elapsed();
        // Another server on the same books may have trusted a later time.
        let line = before.line_at(elapsed).max(noted.unwrap_or(i64::MIN));
        let look = Look {
            system: self.system_time(),
            line,
            observed: elapsed - before.looked,
            witness,
            doubt: before.doubt,
        };
        let doubt = if vouched { None } else { look.doubt() };
        let line = match (doubt, witness) {
            (None, _) => look.system,
            (Some(_), Some(witness)) => line.min(witness),
            (Some(_), None) => line,
        };
        let model = Model {
            id: 1,
            noted_at: line,
            seen_at: doubt.map(|doubt| doubt.seen_at),
            doubt_left: doubt.map(|doubt| doubt.left),
        };
        clock::save(&tx, model).await?;
        if doubt.is_none() && (vouched || before.doubt.is_some()) {
            let rows = clock::bring_back(&tx, look.system, TOLERANCE).await?;
            tracing::info!(
                rows,
                "the clock is trusted again; rows that it had made in the future are of now"
            );
        }
        tx.commit().await?;
        *self.inner.steady.lock().unwrap_or_else(PoisonError::into_inner) = Steady {
            line,
            looked: elapsed,
            doubt,
            confirmed: witness.is_some() && look.doubt().is_none(),
        };
        if doubt.is_some() && before.doubt.is_none() {
            let state = self.clock_state();
            tracing::error!(clock = %state, "the clock jumped: nothing is deleted by it");
        }
        Ok(())
    }

    /// Believes the clock as it is, and what is due by it: for an operator who looked at it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn trust_clock(&self) -> Result<(), crate::error::ServiceError> {
        self.inner.brakes.vouch();
        Ok(self.look_at_clock(true).await?)
    }

    /// What there is to say about the clock this moment.
    pub(crate) fn clock_state(&self) -> ClockState {
        let steady = self.steady();
        let system = self.system_time();
        let jump = system - steady.line_at(self.elapsed());
        if jump.abs() <= TOLERANCE {
            return ClockState::Trusted;
        }
        let day = |millis| instant(millis).date();
        let (length, way) = (length_of(jump), if jump > 0 { "ahead of" } else { "behind" });
        let text = format!(
            "this machine says {}, {length} {way} what it should be ({}, by the last look); nothing is deleted by it until it has \
             lasted a while. If it is wrong, set it; if it is right, `sealdrop-server reap --trust-clock` with the server stopped \
             says so",
            day(system),
            day(system - jump)
        );
        if (0..=LONGEST_ABSENCE).contains(&jump) {
            ClockState::Doubted(text)
        } else {
            ClockState::Wrong(text)
        }
    }

    fn steady(&self) -> Steady {
        *self.inner.steady.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn system_time(&self) -> i64 {
        millis(self.inner.clock.now())
    }

    /// Whether the bucket's clock, on another machine, said the same at the last look.
    pub(crate) fn is_clock_confirmed(&self) -> bool {
        self.steady().confirmed
    }

    pub(crate) fn elapsed(&self) -> i64 {
        elapsed(&*self.inner.clock)
    }
}

/// Milliseconds on the clock that nobody can set.
fn elapsed(clock: &dyn Clock) -> i64 {
    i64::try_from(clock.elapsed().as_millis()).unwrap_or(i64::MAX)
}

fn length_of(jump: i64) -> String {
    let hours = jump.saturating_abs() / 3_600_000;
    if hours < 48 {
        format!("{hours} hours")
    } else {
        format!("{} days", (hours + 12) / 24)
    }
}

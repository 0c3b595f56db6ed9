//! Looks at the clock before each pass, and answers what time it is.

use std::sync::PoisonError;

use super::{
    judge::{Look, TOLERANCE},
    state::{Steady, elapsed},
};
use crate::{
    audit::{Action, Change, Operator, record},
    error::InternalError,
    readiness::ClockState,
    service::Service,
    store::{
        clock::{self, Model},
        instant, millis,
    },
};

/// Milliseconds of a jump ahead that may still be a machine which was switched off. Links live for a month.
const LONGEST_ABSENCE: i64 = 31 * 24 * 3600 * 1000;

impl Service {
    /// Now, for access checks and for what is written down: no earlier than any time that was trusted.
    pub(crate) fn now(&self) -> i64 {
        self.system_time().max(self.steady().line_at(self.elapsed()))
    }

    /// Now, for what cannot be undone: no later than what may be trusted.
    pub(crate) fn steady_now(&self) -> i64 {
        let steady = self.steady();
        let line = steady.line_at(self.elapsed());
        match steady.doubt {
            Some(_) => line,
            None => self.system_time().clamp(line, line.saturating_add(TOLERANCE)),
        }
    }

    /// Looks at the clock, and writes down what it thinks of it. An operator may vouch for it.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn look_at_clock(&self, vouched: Option<&Operator>) -> Result<(), InternalError> {
        let witness = if self.inner.bucket.is_elsewhere() {
            self.inner.bucket.health().await.bucket_time
        } else {
            None
        };
        let tx = self.inner.store.write().await?;
        let noted = clock::find(&*tx).await?.map(|note| note.noted_at);
        let before = self.steady();
        let elapsed = self.elapsed();
        // Another server on the same database may have trusted a later time.
        let line = before.line_at(elapsed).max(noted.unwrap_or(i64::MIN));
        let look = Look {
            system: self.system_time(),
            line,
            observed: elapsed - before.looked,
            witness,
            doubt: before.doubt,
        };
        let doubt = if vouched.is_some() { None } else { look.doubt() };
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
        if let Some(operator) = vouched {
            let change = Change {
                operator,
                action: Action::TrustClock,
                subject: "clock".to_owned(),
                detail: None,
            };
            record(&tx, change).await?;
        }
        if doubt.is_none() && (vouched.is_some() || before.doubt.is_some()) {
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
    pub async fn trust_clock(&self, operator: &Operator) -> Result<(), crate::error::ServiceError> {
        self.look_at_clock(Some(operator)).await?;
        self.inner.brakes.vouch();
        Ok(())
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

fn length_of(jump: i64) -> String {
    let hours = jump.saturating_abs() / 3_600_000;
    if hours < 48 {
        format!("{hours} hours")
    } else {
        format!("{} days", (hours + 12) / 24)
    }
}

//! Asks the brake before a pass ends anything, and notes how far the pass came.

use std::sync::{PoisonError, atomic::Ordering};

use super::{
    limit,
    line::Line,
    state::{Allowed, Kind, Unseen, Window},
};
use crate::{
    error::InternalError,
    service::Service,
    steady::TOLERANCE,
    store::{
        brakes::{self, Model},
        signed, unsigned,
    },
};

impl Service {
    /// What may end by `now`, the steady time. `count` tells how much is due unseen, `living` how much lives.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn look_before_ending(
        &self,
        kind: Kind,
        now: i64,
        count: impl AsyncFnOnce(Unseen) -> Result<u64, InternalError>,
        living: impl AsyncFnOnce() -> Result<u64, InternalError>,
    ) -> Result<Allowed, InternalError> {
        let brake = self.inner.brakes.of(kind);
        let noted = brakes::find(self.inner.store.reader(), kind).await?;
        let settled_at = noted.as_ref().map_or(self.inner.brakes.begun_at, |row| row.settled_at);
        let seen_until = {
            let mut line = brake.line.lock().unwrap_or_else(PoisonError::into_inner);
            let elapsed = self.elapsed();
            line.get_or_insert_with(|| Line::new(settled_at, elapsed))
                .pass(now, elapsed)
        };
        let seen_until = if self.is_clock_confirmed() { now } else { seen_until };
        let unseen = Unseen {
            // The clocks of several servers differ a little, and what one of them has settled another may just have made.
            missed_until: settled_at.min(now).saturating_sub(TOLERANCE),
            jumped: Window {
                after: Some(seen_until),
                until: now,
            },
        };
        let everything = Window {
            after: None,
            until: now,
        };
        let vouched = brake.vouched.load(Ordering::SeqCst);
        let number = if vouched { 0 } else { count(unseen).await? };
        let living = if limit::depends(number) { living().await? } else { 0 };
        let allowed = if limit::is_too_many(number, living) {
            let window = Window {
                after: Some(unseen.missed_until),
                until: seen_until,
            };
            Allowed { window, held: number }
        } else {
            let (window, held) = (everything, 0);
            Allowed { window, held }
        };
        self.note_held(kind, noted, settled_at, allowed.held).await?;
        Ok(allowed)
    }

    /// Whether `number` unknown objects may be deleted beside `known` others. If not, they are held, and the log says so.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn may_delete_unknown(&self, number: u64, known: u64) -> Result<bool, InternalError> {
        let kind = Kind::Unknown;
        let vouched = self.inner.brakes.of(kind).vouched.swap(false, Ordering::SeqCst);
        let is_held = !vouched && limit::is_too_many_unknown(number, known);
        let noted = brakes::find(self.inner.store.reader(), kind).await?;
        let held = if is_held { number } else { 0 };
        self.note_held(kind, noted, self.steady_now(), held).await?;
        Ok(!is_held)
    }

    /// How many of them are held.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn held_unknown(&self) -> Result<u64, InternalError> {
        let row = brakes::find(self.inner.store.reader(), Kind::Unknown).await?;
        Ok(row.map_or(0, |row| unsigned(row.held)))
    }

    async fn note_held(
        &self,
        kind: Kind,
        noted: Option<Model>,
        settled_at: i64,
        held: u64,
    ) -> Result<(), InternalError> {
        let before = noted.map_or(0, |row| unsigned(row.held));
        if held == before {
            return Ok(());
        }
        self.save(kind, settled_at, held).await?;
        if before == 0 {
            let why = match kind {
                Kind::Unknown => limit::too_many_unknown(held),
                kind => too_many(held, kind.name()),
            };
            tracing::error!(kind = kind.name(), held, "{why}");
        } else if held == 0 {
            tracing::info!(
                kind = kind.name(),
                before,
                "what was held ends now, or is not due any more"
            );
        }
        Ok(())
    }

    /// All that was allowed has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn note_settled(&self, kind: Kind, allowed: Allowed) -> Result<(), InternalError> {
        let until = allowed.window.until;
        self.save(kind, until, allowed.held).await?;
        let brake = self.inner.brakes.of(kind);
        if allowed.held == 0 {
            let mut line = brake.line.lock().unwrap_or_else(PoisonError::into_inner);
            let elapsed = self.elapsed();
            // A jump that ended nothing much is as good as seen.
            if line.is_none_or(|mut line| line.pass(until, elapsed) < until) {
                *line = Some(Line::new(until, elapsed));
            }
            brake.vouched.store(false, Ordering::SeqCst);
        }
        Ok(())
    }

    async fn save(&self, kind: Kind, settled_at: i64, held: u64) -> Result<(), InternalError> {
        let tx = self.inner.store.write().await?;
        let model = Model {
            kind: kind as i32,
            settled_at,
            held: signed(held),
        };
        brakes::save(&tx, model).await?;
        tx.commit().await
    }

    /// Whether everything ends in its time; if not, what is held and what to do, in words.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn expiry_state(&self) -> Result<Result<(), String>, InternalError> {
        let mut said = Vec::new();
        for kind in [Kind::Links, Kind::Uploads] {
            let row = brakes::find(self.inner.store.reader(), kind).await?;
            match row.map_or(0, |row| unsigned(row.held)) {
                0 => {}
                held => said.push(too_many(held, kind.name())),
            }
        }
        Ok(if said.is_empty() { Ok(()) } else { Err(said.join("; ")) })
    }
}

fn too_many(held: u64, kind: &str) -> String {
    format!(
        "{held} {kind} fell due at once, and not because their time passed while a server ran: nothing of them is deleted, though \
         no link opens after its time. Look at this machine's clock, and whether the database is the right one. If both are \
         right, `sealdrop-server reap --trust-clock` ends them; stop a server that holds the data folder first"
    )
}

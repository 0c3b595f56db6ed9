//! Whether a completion that was sent to the bucket may still make an object.

use sea_orm::{ColumnTrait, Condition};

use crate::{
    bucket::COMPLETE_PATIENCE,
    store::uploads::{Column, Model, Reason, State},
};

/// Milliseconds for which bucket and database may disagree about an object before it is called lost: two processes may be
/// completing it immediately, and a Complete may take ten minutes.
pub(in crate::uploads) const LOST_AFTER: i64 = COMPLETE_PATIENCE.as_millis() as i64 + 300_000;

impl Model {
    /// Whether a Complete that was sent before the upload expired may still be on its way. It would make an unknown object
    /// after the removal: so the removal waits until no server can be waiting for its answer.
    /// [`may_still_complete`] asks the database the same.
    pub(in crate::uploads) fn may_still_complete(&self, now: i64) -> bool {
        let was_decided_on = self.reason == Some(Reason::Expired) && self.parts_digest.is_some();
        self.state == State::Aborting && was_decided_on && now < self.touched_at + LOST_AFTER
    }
}

/// [`Model::may_still_complete`] in the terms of the database: true or false of every row, so that it can be turned round.
pub(crate) fn may_still_complete(now: i64) -> Condition {
    Condition::all()
        .add(Column::State.eq(State::Aborting))
        // Of a row without a reason SQL would say neither yes nor no.
        .add(Column::Reason.is_not_null())
        .add(Column::Reason.eq(Reason::Expired))
        .add(Column::PartsDigest.is_not_null())
        .add(Column::TouchedAt.gt(now - LOST_AFTER))
}

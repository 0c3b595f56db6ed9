//! Tokens of which something waits that no link took, by when anything of them was touched last.
//!
//! Found in one statement whatever one token holds: its total says whether anything is there, and the newest of its rows is
//! one step in an index.

use sea_orm::{FromQueryResult, Statement};
use sealdrop_api::limits::UPLOAD_IDLE_IN;

use crate::jobs::BATCH;
use crate::{
    brake::{Unseen, Window},
    error::InternalError,
    service::Service,
    store::{db, signed, totals::TOKEN, unsigned},
};

/// A token of which something is due.
#[derive(FromQueryResult)]
pub(super) struct IdleToken {
    pub(super) id: Vec<u8>,
    /// When anything of it was touched last, in milliseconds.
    newest: i64,
    /// Objects of which a part was signed, of all that are due unseen.
    unseen: i64,
}

#[derive(FromQueryResult)]
struct Number {
    number: i64,
}

/// When a row was touched last that is due at an instant; both in milliseconds.
pub(in crate::jobs) fn touched_by(due: i64) -> i64 {
    due.saturating_sub(signed(UPLOAD_IDLE_IN) * 1000)
}

impl Service {
    /// Up to [`BATCH`] of those that are due.
    pub(super) async fn idle_tokens(&self, window: Window) -> Result<Vec<IdleToken>, InternalError> {
        self.find_idle(&due_in(window), "0").await
    }

    /// Up to [`BATCH`] of those that are due by `now`, and how many objects, of which a part was signed, are due unseen: both
    /// from one look at all tokens.
    pub(super) async fn idle_tokens_of(
        &self,
        now: i64,
        unseen: Unseen,
    ) -> Result<(Vec<IdleToken>, u64), InternalError> {
        let missed = touched_by(unseen.missed_until);
        let all = Window {
            after: None,
            until: now,
        };
        let count = format!(
            "COALESCE(SUM(CASE WHEN newest <= {missed} OR ({}) THEN begun ELSE 0 END) OVER (), 0)",
            due_in(unseen.jumped)
        );
        let due = self.find_idle(&due_in(all), &count).await?;
        let number = due.first().map_or(0, |token| unsigned(token.unseen));
        Ok((due, number))
    }

    async fn find_idle(&self, condition: &str, unseen: &str) -> Result<Vec<IdleToken>, InternalError> {
        let due = format!(
            "SELECT id, newest, CAST({unseen} AS BIGINT) AS unseen FROM {} WHERE {condition} LIMIT {BATCH}",
            waiting()
        );
        let reader = self.inner.store.reader();
        let found = IdleToken::find_by_statement(Statement::from_string(reader.get_database_backend(), due));
        found.all(reader).await.map_err(db("looking for idle uploads"))
    }

    /// Objects, of which a part was signed, that no link has taken.
    pub(super) async fn count_waiting(&self) -> Result<u64, InternalError> {
        let sum = format!(
            "SELECT CAST(COALESCE(SUM(begun), 0) AS BIGINT) AS number FROM {}",
            waiting()
        );
        let reader = self.inner.store.reader();
        let sum = Number::find_by_statement(Statement::from_string(reader.get_database_backend(), sum));
        let sum = sum.one(reader).await.map_err(db("counting idle uploads"))?;
        Ok(sum.map_or(0, |sum| unsigned(sum.number)))
    }
}

/// Those that are due in a window.
pub(super) fn within(mut tokens: Vec<IdleToken>, window: Window) -> Vec<IdleToken> {
    let after = window.after.map(touched_by);
    let until = touched_by(window.until);
    tokens.retain(|token| token.newest <= until && after.is_none_or(|after| token.newest > after));
    tokens
}

fn waiting() -> String {
    format!(
        "(SELECT t.id, t.begun, (SELECT MAX(o.touched_at) FROM uploads o WHERE o.token_hash = t.id) AS newest \
         FROM upload_totals t WHERE t.kind = {TOKEN} \
         AND NOT EXISTS (SELECT 1 FROM links l WHERE l.token_hash = t.id)) AS waiting"
    )
}

fn due_in(window: Window) -> String {
    let until = format!("newest <= {}", touched_by(window.until));
    match window.after {
        None => until,
        Some(after) => format!("newest > {} AND {until}", touched_by(after)),
    }
}

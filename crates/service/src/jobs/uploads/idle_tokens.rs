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

#[derive(FromQueryResult)]
struct Token {
    id: Vec<u8>,
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
    /// Some of those that are due.
    pub(in crate::jobs) async fn idle_tokens(&self, window: Window) -> Result<Vec<Vec<u8>>, InternalError> {
        let due = format!("SELECT id FROM {} WHERE {} LIMIT {BATCH}", waiting(), due_in(window));
        let reader = self.inner.store.reader();
        let found = Token::find_by_statement(Statement::from_string(reader.get_database_backend(), due));
        let found = found.all(reader).await.map_err(db("looking for idle uploads"))?;
        Ok(found.into_iter().map(|token| token.id).collect())
    }

    /// Objects, of which a part was signed, of those that are due unseen.
    pub(in crate::jobs) async fn count_idle(&self, unseen: Unseen) -> Result<u64, InternalError> {
        let missed = touched_by(unseen.missed_until);
        self.count_waiting(&format!("newest <= {missed} OR ({})", due_in(unseen.jumped)))
            .await
    }

    /// Objects, of which a part was signed, of those of which this is true.
    pub(in crate::jobs) async fn count_waiting(&self, condition: &str) -> Result<u64, InternalError> {
        let sum = format!(
            "SELECT CAST(COALESCE(SUM(begun), 0) AS BIGINT) AS number FROM {} WHERE {condition}",
            waiting()
        );
        let reader = self.inner.store.reader();
        let sum = Number::find_by_statement(Statement::from_string(reader.get_database_backend(), sum));
        let sum = sum.one(reader).await.map_err(db("counting idle uploads"))?;
        Ok(sum.map_or(0, |sum| unsigned(sum.number)))
    }
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

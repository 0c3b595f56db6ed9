//! What who asks for a code hears.

use sealdrop_api::Challenge;

use crate::{auth::sql::Row, error::InternalError};

/// Seconds for which a code is good.
pub(super) const GOOD_FOR: u64 = 600;
/// Seconds before it can be sent again.
pub(super) const RESEND_IN: u64 = 60;
/// How often it is sent, the first time included.
pub(super) const MAX_SENDS: i32 = 4;
/// How often a code may be typed.
pub(super) const MAX_TRIES: i32 = 5;

/// A challenge that was asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What comes back with the code.
    pub challenge: Challenge,
    /// Seconds for which the code is good.
    pub expires_in: u64,
    /// Seconds after which it can be sent again.
    pub resend_in: u64,
}

/// Columns that [`times`] reads.
pub(super) const TIMES: &str = "expires_at - {now} AS expires_in, last_sent_at - {now} AS since, sends";

/// Seconds for which a code is good, and after which it can be sent again: not before it has ended, once that was done three times.
pub(super) fn times(row: &Row) -> Result<(u64, u64), InternalError> {
    let (expires_in, since, sends): (i64, i64, i32) = (row.get("expires_in")?, row.get("since")?, row.get("sends")?);
    let seconds = |millis: i64| u64::try_from(millis).map_or(0, |millis| millis.div_ceil(1000));
    let expires_in = seconds(expires_in);
    let resend_in = if sends >= MAX_SENDS {
        expires_in
    } else {
        seconds(since.saturating_add(RESEND_IN as i64 * 1000)).min(expires_in)
    };
    Ok((expires_in, resend_in))
}

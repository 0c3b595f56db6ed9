//! Ends codes before their time.

use super::asked::GOOD_FOR;
use crate::{auth::sql::execute, error::InternalError, store::WriteTx};

/// Ends the live codes of an address and of a user. They still count against limits.
///
/// A sign-in whose code was judged before this holds the code's row: this waits until that sign-in is done, so what the caller ends
/// afterwards includes the session that it made.
pub(in crate::auth) async fn end_codes(tx: &WriteTx, canonical: &str, user: [u8; 16]) -> Result<(), InternalError> {
    // Older ones have ended, and the index is by time.
    let sql = format!(
        "UPDATE challenges SET expires_at = {{now}} WHERE created_at > {{now}} - {} AND (canonical = $1 OR user_id = $2) \
         AND consumed_at IS NULL AND expires_at > {{now}}",
        2 * GOOD_FOR * 1000
    );
    let values = [canonical.into(), user.to_vec().into()];
    execute(&**tx, "ending codes", &sql, values).await.map(drop)
}

//! A bound on what strangers make the server keep, in all: hosts and networks have bounds of their own, but there are many of those.
//!
//! Rows whose mail went out are as few as codes in a day, and limits count them. Of the others, which wait or get no mail, the oldest
//! makes room, with its mail and its job. Half of the room is for addresses of users, so that no number of strangers takes their codes.

use crate::{
    auth::sql::{all, execute},
    error::InternalError,
    mails::send_job,
    store::WriteTx,
};
use sealdrop_mail::MailId;

/// Rows that one request drops at most.
const BATCH: u32 = 100;

/// Drops the oldest challenges without a mail beyond half of `most`, of users and of nobody's addresses each.
pub(super) async fn make_room(tx: &WriteTx, most: u32) -> Result<(), InternalError> {
    for is_known in [0, 1] {
        let sql = format!(
            "DELETE FROM challenges WHERE id IN (SELECT id FROM challenges WHERE mailed = 0 AND is_known = $1 \
             ORDER BY created_at DESC, id LIMIT {BATCH} OFFSET {}) RETURNING id",
            most / 2
        );
        for row in all(&**tx, "making room for a code", &sql, [is_known.into()]).await? {
            drop_mails(tx, row.get("id")?).await?;
        }
    }
    Ok(())
}

/// Mails of a challenge that were never tried, and the jobs that would send them or decided not to.
async fn drop_mails(tx: &WriteTx, challenge_id: Vec<u8>) -> Result<(), InternalError> {
    let sql = "DELETE FROM mails WHERE subject = $1 AND tries = 0 AND state <> 'sent' RETURNING id";
    for row in all(&**tx, "dropping a code's mail", sql, [challenge_id.into()]).await? {
        let key = MailId(row.id("id")?).to_string();
        // Each state has an index of its own.
        for state in ["waiting", "done"] {
            let sql = format!("DELETE FROM jobs WHERE kind = $1 AND key = $2 AND state = '{state}'");
            let values = [send_job::NAME.into(), key.as_str().into()];
            execute(&**tx, "dropping a code's job", &sql, values).await?;
        }
    }
    Ok(())
}

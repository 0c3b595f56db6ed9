//! Addresses that get no mail for a while, because a mail to them came back for good.
//!
//! After a day one mail is let through. It lifts the hold where the provider says that it arrived, or where an hour passes in which it
//! did not come back.

use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    auth::sql::{all, execute, first},
    error::InternalError,
    store::{WriteTx, instant},
};

/// Milliseconds for which a hard bounce holds an address.
const HELD_FOR: i64 = 24 * 3_600_000;
/// Milliseconds in which the one mail afterwards comes back, if it does.
const TRIED_FOR: i64 = 3_600_000;
/// Milliseconds by which two clocks may differ.
const TOLERANCE: i64 = 60_000;

/// An address that is held, or was lately.
#[derive(Clone, PartialEq, Eq)]
pub struct HeldAddress {
    /// In canonical form.
    pub address: String,
    /// Hard bounces since it was held first.
    pub bounces: i32,
    /// The last of them.
    pub bounced_at: OffsetDateTime,
    /// No mail before.
    pub held_until: OffsetDateTime,
    /// When the one mail afterwards went out.
    pub tried_at: Option<OffsetDateTime>,
    /// Whether it is held at this moment.
    pub is_held: bool,
}

impl std::fmt::Debug for HeldAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HeldAddress")
            .field("bounces", &self.bounces)
            .finish_non_exhaustive()
    }
}

/// Holds an address for a day from the bounce on; whether that is not over already.
pub(crate) async fn hold(tx: &WriteTx, canonical: &str, bounced_at: i64) -> Result<bool, InternalError> {
    let sql = format!(
        "INSERT INTO held_addresses (canonical, bounced_at, held_until) SELECT $1, $2, $3 WHERE $3 > {{now}} \
         ON CONFLICT (canonical) DO UPDATE SET bounces = held_addresses.bounces + 1, bounced_at = excluded.bounced_at, \
         held_until = excluded.held_until, tried_at = NULL WHERE excluded.bounced_at > held_addresses.bounced_at - {TOLERANCE}"
    );
    let values = [
        canonical.into(),
        bounced_at.into(),
        bounced_at.saturating_add(HELD_FOR).into(),
    ];
    Ok(execute(&**tx, "holding an address", &sql, values).await? == 1)
}

/// Ends a hold, if it was the mail after it that arrived: an earlier one says nothing.
pub(crate) async fn lift(tx: &WriteTx, canonical: &str, delivered_at: i64) -> Result<(), InternalError> {
    let sql = "DELETE FROM held_addresses WHERE canonical = $1 AND tried_at <= $2";
    let values = [canonical.into(), delivered_at.saturating_add(TOLERANCE).into()];
    execute(&**tx, "lifting a hold", sql, values).await.map(drop)
}

/// Whether a mail may go to an address now. The first one after a hold uses up the one try, in the statement that grants it.
pub(crate) async fn admit(tx: &WriteTx, canonical: &str) -> Result<bool, InternalError> {
    let try_once = format!(
        "UPDATE held_addresses SET tried_at = {{now}}, held_until = {{now}} + {TRIED_FOR} \
         WHERE canonical = $1 AND held_until <= {{now}} AND tried_at IS NULL"
    );
    if execute(&**tx, "trying a held address", &try_once, [canonical.into()]).await? == 1 {
        return Ok(true);
    }
    Ok(wait(&**tx, canonical).await?.is_none())
}

/// Milliseconds until a mail may go to an address, where it is held.
pub(crate) async fn wait(conn: &impl ConnectionTrait, canonical: &str) -> Result<Option<i64>, InternalError> {
    let sql = "SELECT held_until - {now} AS wait FROM held_addresses WHERE canonical = $1 AND held_until > {now}";
    let row = first(conn, "looking for a hold", sql, [canonical.into()]).await?;
    row.map(|row| row.get("wait")).transpose()
}

/// Those that are held, or were in the last 30 days: the one that bounced last first.
pub(crate) async fn list(conn: &impl ConnectionTrait, limit: u32) -> Result<Vec<HeldAddress>, InternalError> {
    let sql = format!(
        "SELECT canonical, bounces, bounced_at, held_until, tried_at, CASE WHEN held_until > {{now}} THEN 1 ELSE 0 END AS is_held \
         FROM held_addresses ORDER BY bounced_at DESC, canonical LIMIT {limit}"
    );
    let rows = all(conn, "listing held addresses", &sql, []).await?;
    let read = |row: &crate::auth::sql::Row| {
        let tried_at: Option<i64> = row.get("tried_at")?;
        Ok(HeldAddress {
            address: row.get("canonical")?,
            bounces: row.get("bounces")?,
            bounced_at: instant(row.get("bounced_at")?),
            held_until: instant(row.get("held_until")?),
            tried_at: tried_at.map(instant),
            is_held: row.get::<i32>("is_held")? == 1,
        })
    };
    rows.iter().map(read).collect()
}

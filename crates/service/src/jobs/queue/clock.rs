//! What a clock that is set back leaves: rows that were written in the future.

use sea_orm::ConnectionTrait as _;

use super::sql::{execute, now};
use crate::{error::InternalError, store::WriteTx};

/// Milliseconds by which the clocks of two database hosts may differ, as after a failover.
const TOLERANCE: i64 = 1_000;

/// Keeps what is left of waits and leases when the database's clock was set back; returns how many rows there were.
///
/// A job that was due in a minute is due in a minute, not in the hour that the clock lost.
pub(crate) async fn bring_back(tx: &WriteTx) -> Result<u64, InternalError> {
    let now = now(tx.get_database_backend());
    let sql = format!(
        "UPDATE jobs SET run_at = run_at - written_at + {now}, lease_until = lease_until - written_at + {now}, written_at = {now} \
         WHERE state IN ('waiting', 'running') AND written_at > {now} + {TOLERANCE}"
    );
    execute(&**tx, "bringing jobs back from the future", sql, []).await
}

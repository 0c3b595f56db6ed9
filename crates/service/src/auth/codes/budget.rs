//! How often hosts and networks may ask: counted from the rows, so that it holds for all servers and over restarts.

use std::time::Duration;

use crate::{auth::sql::first, error::ServiceError, store::WriteTx};

/// Mails that one host may ask for in an hour. Sign-ins that succeeded do not count.
const HOST_PER_HOUR: i64 = 20;
/// The same of the network around it: an office, or what a provider puts behind one address.
const NETWORK_PER_HOUR: i64 = 10 * HOST_PER_HOUR;
/// Milliseconds of an hour.
const HOUR: i64 = 3_600_000;

/// What stands in rows for where a client is.
pub(super) struct Tags {
    pub(super) host: Vec<u8>,
    pub(super) network: Vec<u8>,
}

/// Refuses a host or a network that has asked too often. The answer says nothing of any address of e-mail. Requests of the same network
/// wait for each other until the transaction ends, so none is missed in the count.
pub(super) async fn check(tx: &WriteTx, tags: &Tags) -> Result<(), ServiceError> {
    tx.lock_key(&tags.network).await?;
    for (column, tag, most) in [
        ("host", &tags.host, HOST_PER_HOUR),
        ("network", &tags.network, NETWORK_PER_HOUR),
    ] {
        let sql = format!(
            "SELECT COALESCE(SUM(sends), 0) AS asked, COALESCE(MIN(created_at) + {HOUR} - {{now}}, 0) AS wait FROM challenges \
             WHERE {column} = $1 AND created_at > {{now}} - {HOUR} AND consumed_at IS NULL"
        );
        let row = first(&**tx, "counting what a network asked for", &sql, [tag.clone().into()]).await?;
        let Some(row) = row else { continue };
        if row.get::<i64>("asked")? >= most {
            let wait = u64::try_from(row.get::<i64>("wait")?).unwrap_or_default();
            return Err(ServiceError::Later(Duration::from_millis(wait.max(1000))));
        }
    }
    Ok(())
}

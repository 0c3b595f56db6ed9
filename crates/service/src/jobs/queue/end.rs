//! The end of a claim: done, failed, given back; and its renewal. Each changes the row only while the claim is the newest.

use std::time::Duration;

use sea_orm::ConnectionTrait as _;

use super::{
    sql::{LEASE, MAX_TRIES, execute, execute_unless_duplicate, greatest, millis, now},
    take::Claim,
};
use crate::{
    error::InternalError,
    store::{Store, WriteTx},
};

/// Characters of an error that are kept.
const ERROR_LEN: usize = 500;
/// The wait after the first failure.
const FIRST_WAIT: u64 = 30_000;
/// The longest wait.
const LONGEST_WAIT: u64 = 3_600_000;

/// How a claim ended that was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The job waits for another try.
    Waits,
    /// It was the last try.
    Dead,
    /// Another job of the same key waits already, and is what is tried next.
    TakenOver,
    /// The claim had been lost before.
    Lost,
}

/// Notes that a job is done. False if the claim was lost: then nothing else of the transaction may last either.
pub(crate) async fn finish(tx: &WriteTx, claim: &Claim) -> Result<bool, InternalError> {
    let now = now(tx.get_database_backend());
    let sql = format!(
        "UPDATE jobs SET state = CASE WHEN every IS NULL THEN 'done' ELSE 'waiting' END, \
         run_at = CASE WHEN every IS NULL THEN run_at ELSE {now} + every END, \
         tries = CASE WHEN every IS NULL THEN tries ELSE 0 END, \
         claim = NULL, lease_until = NULL, error = NULL, written_at = {now}, ended_at = {now} WHERE id = $1 AND claim = $2"
    );
    let values = [claim.id.into(), claim.token.clone().into()];
    Ok(execute(&**tx, "noting that a job is done", sql, values).await? == 1)
}

/// Makes the lease last from now on. False if the claim was lost.
pub(crate) async fn renew(store: &Store, claim: &Claim) -> Result<bool, InternalError> {
    let tx = store.write().await?;
    let now = now(tx.get_database_backend());
    let lease = millis(LEASE);
    let sql = format!("UPDATE jobs SET lease_until = {now} + {lease}, written_at = {now} WHERE id = $1 AND claim = $2");
    let values = [claim.id.into(), claim.token.clone().into()];
    let renewed = execute(&*tx, "renewing a job's lease", sql, values).await? == 1;
    tx.commit().await?;
    Ok(renewed)
}

/// Notes a failure: the job waits for its next try, or is dead.
pub(crate) async fn put_back(store: &Store, claim: &Claim, error: &str) -> Result<Ended, InternalError> {
    let mut random = [0; 4];
    getrandom::fill(&mut random).map_err(|error| InternalError::lasting("choosing a wait", error))?;
    let wait = backoff(claim.tries, u32::from_ne_bytes(random));
    let wait = claim.every.map_or(wait, |every| wait.min(every));
    let error: String = error.chars().take(ERROR_LEN).collect();
    end(store, claim, claim.tries, wait, Some(error)).await
}

/// Gives a claim back that was not used up, as when the process ends: the try does not count.
pub(crate) async fn give_back(store: &Store, claim: &Claim) -> Result<Ended, InternalError> {
    end(store, claim, claim.tries - 1, 0, None).await
}

async fn end(
    store: &Store,
    claim: &Claim,
    tries: i32,
    wait: i64,
    error: Option<String>,
) -> Result<Ended, InternalError> {
    loop {
        let tx = store.write().await?;
        if let Some(ended) = try_to_end(&tx, claim, tries, wait, error.clone()).await? {
            tx.commit().await?;
            return Ok(ended);
        }
        // A job of this key was added between two statements. Now it is there to be seen.
    }
}

async fn try_to_end(
    tx: &WriteTx,
    claim: &Claim,
    tries: i32,
    wait: i64,
    error: Option<String>,
) -> Result<Option<Ended>, InternalError> {
    let backend = tx.get_database_backend();
    let now = now(backend);
    let doing = "putting a job back";
    let is_dead = tries >= MAX_TRIES && claim.every.is_none();
    let own = [claim.id.into(), claim.token.clone().into()];
    if let (false, Some(key)) = (is_dead, &claim.key) {
        // It inherits the tries: a job that fails whenever it is asked for dies as well.
        let sql = format!(
            "UPDATE jobs SET tries = {}(tries, $1) WHERE state = 'waiting' AND kind = $2 AND key = $3 \
             AND EXISTS (SELECT 1 FROM jobs AS own WHERE own.id = $4 AND own.claim = $5)",
            greatest(backend)
        );
        let values = [tries.into(), claim.kind.clone().into(), key.clone().into()];
        if execute(&**tx, doing, sql, values.into_iter().chain(own.clone())).await? == 1 {
            let sql = format!(
                "UPDATE jobs SET state = 'done', claim = NULL, lease_until = NULL, written_at = {now}, ended_at = {now} \
                 WHERE id = $1 AND claim = $2"
            );
            execute(&**tx, doing, sql, own).await?;
            return Ok(Some(Ended::TakenOver));
        }
    }
    let (state, ended_at) = if is_dead {
        ("dead", now)
    } else {
        ("waiting", "ended_at")
    };
    // Nothing is written where the key waits again: then the caller starts anew.
    let sql = format!(
        "UPDATE jobs SET state = '{state}', run_at = {now} + {wait}, tries = $3, error = COALESCE($4, error), claim = NULL, \
         lease_until = NULL, written_at = {now}, ended_at = {ended_at} WHERE id = $1 AND claim = $2"
    );
    let values = own.into_iter().chain([tries.into(), error.into()]);
    match execute_unless_duplicate(&**tx, doing, sql, values).await? {
        None => Ok(None),
        Some(0) => Ok(Some(Ended::Lost)),
        Some(_) => Ok(Some(if is_dead { Ended::Dead } else { Ended::Waits })),
    }
}

/// Milliseconds until the next try: doubled after each failure, an hour at most, and a quarter more or less, so that jobs that
/// failed together are not tried together.
fn backoff(tries: i32, random: u32) -> i64 {
    let doublings = u32::try_from(tries - 1).unwrap_or(0).min(16);
    let wait = (FIRST_WAIT << doublings).min(LONGEST_WAIT);
    let wait = wait * 3 / 4 + (wait / 2).saturating_mul(u64::from(random)) / u64::from(u32::MAX);
    millis(Duration::from_millis(wait))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour_and_differ() {
        let range = |tries| (backoff(tries, 0), backoff(tries, u32::MAX));
        assert_eq!(range(1), (22_500, 37_500));
        assert_eq!(range(2), (45_000, 75_000));
        assert_eq!(range(9), (2_700_000, 4_500_000));
        assert_eq!(range(i32::MAX), range(9));
    }
}

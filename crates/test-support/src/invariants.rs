//! What must hold after every fault, read from the database and from the bucket (docs/design/faults.md, invariants).

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};

use crate::{installation::TestInstallation, s3::Endpoint};

/// A row of the database.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its name in the bucket.
    pub key: String,
    /// Where it stands.
    pub state: String,
    /// Sealed bytes, once they are known.
    pub sealed_len: Option<i64>,
}

/// What the database says.
///
/// # Errors
/// If they cannot be read.
pub async fn uploads(setup: &TestInstallation) -> anyhow::Result<Vec<Upload>> {
    uploads_in(&setup.database_url()).await
}

async fn uploads_in(url: &str) -> anyhow::Result<Vec<Upload>> {
    let database = Database::connect(url.to_owned()).await?;
    let query = "SELECT key, state, sealed_len FROM uploads";
    let rows = database
        .query_all_raw(Statement::from_string(database.get_database_backend(), query))
        .await?;
    let read = |row: &sea_orm::QueryResult| -> Result<Upload, sea_orm::DbErr> {
        Ok(Upload {
            key: row.try_get("", "key")?,
            state: row.try_get("", "state")?,
            sealed_len: row.try_get("", "sealed_len")?,
        })
    };
    let uploads = rows.iter().map(read).collect::<Result<_, _>>()?;
    database.close().await?;
    Ok(uploads)
}

/// Running totals that are not what the rows add up to, of everything, of each client and of each token: one line each. They
/// are of the same transaction as the rows, so there is none at any moment.
///
/// # Errors
/// If the database cannot be read.
pub async fn wrong_totals(database: &DatabaseConnection) -> anyhow::Result<Vec<String>> {
    let share = "COUNT(*) AS objects, COALESCE(SUM(CASE WHEN state = 'reserved' THEN 0 ELSE 1 END), 0) AS begun, \
                 CAST(COALESCE(SUM(reserved_len), 0) AS BIGINT) AS bytes, CAST(COALESCE(SUM(promised_len), 0) AS BIGINT) AS promised";
    // One statement, which sees one moment. A total of nothing is not kept, but for that of everything.
    let query = format!(
        "WITH counted AS (SELECT * FROM uploads WHERE state IN ('reserved', 'uploading', 'completing', 'verifying', 'committed')), \
         sums AS (SELECT 0 AS kind, (SELECT id FROM upload_totals WHERE kind = 0) AS id, {share} FROM counted WHERE client IS NOT NULL \
         UNION ALL SELECT 1, client, {share} FROM counted WHERE client IS NOT NULL GROUP BY client \
         UNION ALL SELECT 2, token_hash, {share} FROM counted GROUP BY token_hash), \
         totals AS (SELECT kind, id, objects, begun, bytes, promised FROM upload_totals) \
         SELECT 'the rows' AS who, over.* FROM (SELECT * FROM sums EXCEPT SELECT * FROM totals) AS over \
         UNION ALL SELECT 'the total', over.* FROM (SELECT * FROM totals EXCEPT SELECT * FROM sums) AS over"
    );
    let rows = database
        .query_all_raw(Statement::from_string(database.get_database_backend(), query))
        .await?;
    let line = |row: &sea_orm::QueryResult| -> Result<String, sea_orm::DbErr> {
        let who: String = row.try_get("", "who")?;
        let kind: i32 = row.try_get("", "kind")?;
        let of = ["everything", "a client", "a token"][usize::try_from(kind).unwrap_or(0).min(2)];
        let number = |name| row.try_get::<i64>("", name);
        Ok(format!(
            "of {of} {who} says: {} objects, {} of them begun, {} bytes, {} promised",
            number("objects")?,
            number("begun")?,
            number("bytes")?,
            number("promised")?
        ))
    };
    Ok(rows.iter().map(line).collect::<Result<_, _>>()?)
}

/// Users who hold other bytes than their uploads add up to: one line each. Both are of one transaction, so there is none at any
/// moment.
///
/// # Errors
/// If the database cannot be read.
pub async fn wrong_accounts(database: &DatabaseConnection) -> anyhow::Result<Vec<String>> {
    let sum = |states: &str| {
        format!("CAST(COALESCE(SUM(CASE WHEN o.state IN ({states}) THEN o.reserved_len ELSE 0 END), 0) AS BIGINT)")
    };
    let query = format!(
        "SELECT * FROM (SELECT u.used_bytes, u.reserved_bytes, {} AS used_sum, {} AS reserved_sum FROM users AS u \
         LEFT JOIN uploads AS o ON o.user_id = u.id GROUP BY u.id, u.used_bytes, u.reserved_bytes) AS held \
         WHERE used_bytes <> used_sum OR reserved_bytes <> reserved_sum",
        sum("'committed'"),
        sum("'reserved', 'uploading', 'completing', 'verifying'")
    );
    let rows = database
        .query_all_raw(Statement::from_string(database.get_database_backend(), query))
        .await?;
    let line = |row: &sea_orm::QueryResult| -> Result<String, sea_orm::DbErr> {
        let number = |name| row.try_get::<i64>("", name);
        Ok(format!(
            "used {} of {}, reserved {} of {}",
            number("used_bytes")?,
            number("used_sum")?,
            number("reserved_bytes")?,
            number("reserved_sum")?
        ))
    };
    Ok(rows.iter().map(line).collect::<Result<_, _>>()?)
}

/// I5: payments that were taken and are not granted or owed back exactly once, grants without a payment or an invoice, more given back
/// than was taken, and what users may use that does not follow from the ledger: one line each.
///
/// # Errors
/// If the database cannot be read.
pub async fn wrong_payments(database: &DatabaseConnection) -> anyhow::Result<Vec<String>> {
    let kept = "SELECT g.order_id FROM ledger AS g JOIN orders AS o ON o.id = g.order_id WHERE g.kind = 'grant' AND \
                (SELECT CAST(COALESCE(SUM(b.amount), 0) AS BIGINT) FROM ledger AS b WHERE b.payment_id = g.payment_id \
                AND b.kind IN ('refund-done', 'dispute-lost')) < o.price";
    let query = format!(
        "SELECT 'a payment is not settled once' AS what, c.payment_id AS which FROM ledger AS c JOIN orders AS o ON o.id = c.order_id \
         WHERE c.kind = 'capture' AND o.state = 'paid' AND \
         (SELECT COUNT(*) FROM ledger AS g WHERE g.kind = 'grant' AND g.payment_id = c.payment_id) + \
         (SELECT COUNT(*) FROM refunds AS r WHERE r.reason <> 'operator' AND r.payment_id = c.payment_id) <> 1 \
         UNION ALL SELECT 'a grant without a payment', g.payment_id FROM ledger AS g WHERE g.kind = 'grant' AND NOT EXISTS \
         (SELECT 1 FROM ledger AS c WHERE c.kind = 'capture' AND c.payment_id = g.payment_id AND c.order_id = g.order_id) \
         UNION ALL SELECT 'a grant without an invoice', g.payment_id FROM ledger AS g WHERE g.kind = 'grant' AND NOT EXISTS \
         (SELECT 1 FROM invoices AS i WHERE i.kind = 'invoice' AND i.order_id = g.order_id) \
         UNION ALL SELECT 'more is given back than was taken', c.payment_id FROM ledger AS c WHERE c.kind = 'capture' AND c.amount < \
         (SELECT COALESCE(SUM(b.amount), 0) FROM ledger AS b WHERE b.kind = 'refund-done' AND b.payment_id = c.payment_id) \
         UNION ALL SELECT 'a grant is not usable', o.reference FROM orders AS o WHERE o.id IN ({kept}) \
         AND o.id NOT IN (SELECT order_id FROM entitlements) \
         UNION ALL SELECT 'usable without a grant', o.reference FROM orders AS o WHERE o.id IN (SELECT order_id FROM entitlements) \
         AND o.id NOT IN ({kept})"
    );
    let rows = database
        .query_all_raw(Statement::from_string(database.get_database_backend(), query))
        .await?;
    let line = |row: &sea_orm::QueryResult| -> Result<String, sea_orm::DbErr> {
        let (what, which): (String, String) = (row.try_get("", "what")?, row.try_get("", "which")?);
        Ok(format!("{what}: {which}"))
    };
    Ok(rows.iter().map(line).collect::<Result<_, _>>()?)
}

/// [`wrong_totals`] and [`wrong_accounts`] of an installation, whether its server runs or not.
///
/// # Errors
/// What does not hold.
pub async fn totals(setup: &TestInstallation) -> anyhow::Result<()> {
    totals_in(&setup.database_url()).await
}

async fn totals_in(url: &str) -> anyhow::Result<()> {
    let database = Database::connect(url.to_owned()).await?;
    let wrong = (wrong_totals(&database).await, wrong_accounts(&database).await);
    database.close().await?;
    let (totals, accounts) = (wrong.0?, wrong.1?);
    ensure!(
        totals.is_empty() && accounts.is_empty(),
        "totals are not what the rows add up to: {totals:?}, of users {accounts:?}"
    );
    Ok(())
}

/// What the bucket holds: whole objects with their lengths, and the keys of unfinished uploads. The server must run.
///
/// # Errors
/// If it cannot be listed.
pub async fn stored(setup: &TestInstallation) -> anyhow::Result<(BTreeMap<String, i64>, Vec<String>)> {
    stored_in(&setup.endpoint()?).await
}

/// What the service itself keeps in a bucket that it does not serve: whose it is.
const MARK: &str = "installation";

async fn stored_in(endpoint: &Endpoint) -> anyhow::Result<(BTreeMap<String, i64>, Vec<String>)> {
    let client = endpoint.client();
    let mut objects = BTreeMap::new();
    let mut pages = client
        .list_objects_v2()
        .bucket(&endpoint.bucket)
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let page = page?;
        let found = page.contents().iter();
        objects.extend(found.filter_map(|object| Some((object.key()?.to_owned(), object.size()?))));
    }
    objects.remove(MARK);
    let unfinished = client.list_multipart_uploads().bucket(&endpoint.bucket).send().await?;
    let unfinished = unfinished
        .uploads()
        .iter()
        .filter_map(|upload| upload.key().map(str::to_owned))
        .collect();
    Ok((objects, unfinished))
}

/// After the reaper has had its days: I2 (nothing half is listed as whole), I4 (no object without a row and no row without
/// an object, no unfinished multipart upload), of I10 that nothing stands between two states, and that totals are true.
///
/// # Errors
/// What does not hold.
pub async fn at_rest(setup: &TestInstallation) -> anyhow::Result<()> {
    let rest = at_rest_in(&setup.database_url(), &setup.endpoint()?).await?;
    ensure!(rest.unfinished == 0, "I4: {} unfinished in the bucket", rest.unfinished);
    Ok(())
}

/// How much there is, where all is well.
#[derive(Debug, Clone, Copy)]
pub struct AtRest {
    /// Rows.
    pub uploads: u64,
    /// Whole objects.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Multipart uploads that no row goes on with: the reaper ends them an hour after they began, by the bucket's clock.
    pub unfinished: u64,
}

/// The same of a database and a bucket wherever they are.
///
/// # Errors
/// What does not hold.
pub async fn at_rest_in(url: &str, endpoint: &Endpoint) -> anyhow::Result<AtRest> {
    totals_in(url).await?;
    let database = uploads_in(url).await?;
    let (objects, unfinished) = stored_in(endpoint).await.context("the bucket is listed")?;
    for row in &database {
        match row.state.as_str() {
            "committed" => ensure!(
                objects.get(&row.key).copied() == row.sealed_len,
                "I2: {row:?} is committed, and the bucket has {:?}",
                objects.get(&row.key)
            ),
            "aborted" | "deleted" => ensure!(
                !objects.contains_key(&row.key),
                "I4: {row:?} is gone, and the bucket has it"
            ),
            _ => anyhow::bail!("I10: {row:?} stands between two states"),
        }
    }
    let known: BTreeSet<&str> = database.iter().map(|row| row.key.as_str()).collect();
    let orphans: Vec<&String> = objects.keys().filter(|key| !known.contains(key.as_str())).collect();
    ensure!(orphans.is_empty(), "I4: objects without a row: {orphans:?}");
    let bytes: i64 = objects.values().sum();
    Ok(AtRest {
        uploads: database.len() as u64,
        objects: objects.len() as u64,
        bytes: u64::try_from(bytes)?,
        unfinished: unfinished.len() as u64,
    })
}

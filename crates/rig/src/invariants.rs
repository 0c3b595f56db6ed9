//! What must hold after every fault, read from the books and from the bucket (docs/design/faults.md, invariants).

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use sea_orm::{ConnectionTrait, Database, Statement};

use crate::house::House;

/// A row of the books.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its name in the bucket.
    pub key: String,
    /// Where it stands.
    pub state: String,
    /// Sealed bytes, once they are known.
    pub sealed_len: Option<i64>,
}

/// What the books say.
///
/// # Errors
/// If they cannot be read.
pub async fn uploads(house: &House) -> anyhow::Result<Vec<Upload>> {
    let books = Database::connect(house.database_url()).await?;
    let query = "SELECT key, state, sealed_len FROM uploads";
    let rows = books
        .query_all_raw(Statement::from_string(books.get_database_backend(), query))
        .await?;
    let read = |row: &sea_orm::QueryResult| -> Result<Upload, sea_orm::DbErr> {
        Ok(Upload {
            key: row.try_get("", "key")?,
            state: row.try_get("", "state")?,
            sealed_len: row.try_get("", "sealed_len")?,
        })
    };
    let uploads = rows.iter().map(read).collect::<Result<_, _>>()?;
    books.close().await?;
    Ok(uploads)
}

/// What the bucket holds: whole objects with their lengths, and the keys of unfinished uploads. The server must run.
///
/// # Errors
/// If it cannot be listed.
pub async fn stored(house: &House) -> anyhow::Result<(BTreeMap<String, i64>, Vec<String>)> {
    let endpoint = house.endpoint()?;
    let client = endpoint.client();
    let listed = client.list_objects_v2().bucket(&endpoint.bucket).send().await?;
    let objects = listed
        .contents()
        .iter()
        .filter_map(|object| Some((object.key()?.to_owned(), object.size()?)))
        .collect();
    let unfinished = client.list_multipart_uploads().bucket(&endpoint.bucket).send().await?;
    let unfinished = unfinished
        .uploads()
        .iter()
        .filter_map(|upload| upload.key().map(str::to_owned))
        .collect();
    Ok((objects, unfinished))
}

/// After the reaper has had its days: I2 (nothing half is listed as whole), I4 (no object without a row and no row without
/// an object, no unfinished multipart upload), and of I10 that nothing stands between two states.
///
/// # Errors
/// What does not hold.
pub async fn at_rest(house: &House) -> anyhow::Result<()> {
    let books = uploads(house).await?;
    let (objects, unfinished) = stored(house).await.context("the bucket is listed")?;
    ensure!(unfinished.is_empty(), "I4: unfinished in the bucket: {unfinished:?}");
    for row in &books {
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
    let known: BTreeSet<&str> = books.iter().map(|row| row.key.as_str()).collect();
    let orphans: Vec<&String> = objects.keys().filter(|key| !known.contains(key.as_str())).collect();
    ensure!(orphans.is_empty(), "I4: objects without a row: {orphans:?}");
    Ok(())
}

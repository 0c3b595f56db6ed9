//! What a newer version does to the database while this one runs, and is started again.

use sea_orm::{ConnectionTrait as _, Database, TransactionTrait as _};

/// Expands the schema as a migration of the version after this one would: a table, columns that may be absent, and its name among those
/// that were run.
pub(super) async fn extend(database: &str) -> anyhow::Result<()> {
    let database = Database::connect(database).await?;
    let tx = database.begin().await?;
    for step in [
        "CREATE TABLE later (id BIGINT PRIMARY KEY, upload BYTEA REFERENCES uploads (object_id))",
        "ALTER TABLE uploads ADD COLUMN later TEXT",
        "ALTER TABLE links ADD COLUMN later BIGINT NOT NULL DEFAULT 7",
        "ALTER TABLE jobs ADD COLUMN later TEXT",
        "ALTER TABLE users ADD COLUMN later TEXT",
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000001_later', 1)",
    ] {
        tx.execute_unprepared(step).await?;
    }
    tx.commit().await?;
    Ok(database.close().await?)
}

//! What happened to links: how often in an hour, and when last.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let bytes = if db.get_database_backend() == DbBackend::Postgres {
            "BYTEA"
        } else {
            "BLOB"
        };
        for statement in [table(bytes).as_str(), INDEX] {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// `at` is milliseconds since 1970 UTC, `hour` the same in hours.
fn table(bytes: &str) -> String {
    format!(
        "CREATE TABLE link_events (link_id {bytes} NOT NULL CHECK (length(link_id) = 16), hour BIGINT NOT NULL, kind TEXT NOT NULL, \
         at BIGINT NOT NULL, n BIGINT NOT NULL CHECK (n > 0), PRIMARY KEY (link_id, hour, kind))"
    )
}

/// Finds what is old.
const INDEX: &str = "CREATE INDEX link_events_hour ON link_events (hour)";

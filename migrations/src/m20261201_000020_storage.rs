//! What the comparison of bucket and database found, and how far it has come.

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
        for statement in [WALK, UNKNOWN, missing(bytes).as_str()] {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// One row: the walk that is under way, or the last one. `listed_key` and `row_key` are where the next step goes on.
const WALK: &str = "CREATE TABLE storage_walk (id INTEGER PRIMARY KEY CHECK (id = 1), number BIGINT NOT NULL, listed_key TEXT NOT NULL, \
    row_key TEXT NOT NULL, ended_at BIGINT, listed BIGINT NOT NULL, others BIGINT NOT NULL)";

/// Objects of the bucket that have no row; `walk` is the last walk that saw them.
const UNKNOWN: &str =
    "CREATE TABLE unknown_objects (key TEXT PRIMARY KEY, first_seen_at BIGINT NOT NULL, walk BIGINT NOT NULL)";

/// Committed objects that the bucket does not have.
fn missing(bytes: &str) -> String {
    format!("CREATE TABLE missing_objects (object_id {bytes} PRIMARY KEY CHECK (length(object_id) = 16))")
}

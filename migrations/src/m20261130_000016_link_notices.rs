//! Notices of links and storage: which a user wants, and what is to be said and was.

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
        let table = table(bytes);
        for statement in COLUMNS.into_iter().chain([table.as_str()]).chain(INDEXES) {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// Choices of a user: 1 is yes. `storage_level` is the last level that was looked at and told of, in percent.
const COLUMNS: [&str; 5] = [
    "ALTER TABLE users ADD COLUMN notify_link_downloaded INTEGER NOT NULL DEFAULT 0 CHECK (notify_link_downloaded IN (0, 1))",
    "ALTER TABLE users ADD COLUMN notify_link_unused INTEGER NOT NULL DEFAULT 1 CHECK (notify_link_unused IN (0, 1))",
    "ALTER TABLE users ADD COLUMN notify_storage INTEGER NOT NULL DEFAULT 1 CHECK (notify_storage IN (0, 1))",
    "ALTER TABLE users ADD COLUMN notify_daily INTEGER NOT NULL DEFAULT 0 CHECK (notify_daily IN (0, 1))",
    "ALTER TABLE users ADD COLUMN storage_level INTEGER NOT NULL DEFAULT 0 CHECK (storage_level IN (0, 80, 100))",
];

/// A row without `mail_id` waits to be said. Instants are milliseconds since 1970 UTC: `made_at` by the database's clock, `ends_at` as the
/// link has it.
fn table(bytes: &str) -> String {
    format!(
        "CREATE TABLE notices (id {bytes} NOT NULL PRIMARY KEY CHECK (length(id) = 16), user_id {bytes} NOT NULL, \
         kind TEXT NOT NULL CHECK (kind IN ('link-downloaded', 'link-unused', 'storage')), link_id {bytes}, ends_at BIGINT, level INTEGER, \
         times BIGINT NOT NULL DEFAULT 1 CHECK (times > 0), mail_id {bytes}, made_at BIGINT NOT NULL, \
         CHECK ((kind = 'storage') = (link_id IS NULL)), CHECK ((kind = 'storage') = (level IS NOT NULL)), \
         CHECK ((kind = 'link-unused') = (ends_at IS NOT NULL)))"
    )
}

/// What waits is summed up in one row: downloads of a link, and the storage of a user. An end of a link is told of once.
const INDEXES: [&str; 7] = [
    "CREATE UNIQUE INDEX notices_downloaded ON notices (link_id) WHERE kind = 'link-downloaded' AND mail_id IS NULL",
    "CREATE UNIQUE INDEX notices_unused ON notices (link_id, ends_at) WHERE kind = 'link-unused'",
    "CREATE UNIQUE INDEX notices_storage ON notices (user_id) WHERE kind = 'storage' AND mail_id IS NULL",
    "CREATE INDEX notices_waiting ON notices (user_id, made_at) WHERE mail_id IS NULL",
    "CREATE INDEX notices_mail ON notices (mail_id) WHERE mail_id IS NOT NULL",
    "CREATE INDEX notices_user ON notices (user_id)",
    "CREATE INDEX notices_made ON notices (made_at)",
];

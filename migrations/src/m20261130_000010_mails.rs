//! The outbox: one row for each mail that was caused, until it is sent, given up or too late, and a while after.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for statement in statements(db.get_database_backend()) {
            db.execute_unprepared(&statement).await?;
        }
        Ok(())
    }
}

/// Instants are milliseconds since 1970 UTC by the database's clock. `recipient` is written to, `canonical` finds a user.
fn statements(backend: DbBackend) -> Vec<String> {
    let bytes = if backend == DbBackend::Postgres {
        "BYTEA"
    } else {
        "BLOB"
    };
    let table = format!(
        "CREATE TABLE mails (id {bytes} PRIMARY KEY CHECK (length(id) = 16), recipient TEXT NOT NULL, canonical TEXT NOT NULL, \
         reason TEXT NOT NULL, subject {bytes}, user_id {bytes}, payload TEXT NOT NULL, \
         state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'expired')), \
         tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0), error TEXT, transport TEXT, provider_id TEXT, \
         made_at BIGINT NOT NULL, run_at BIGINT NOT NULL, ended_at BIGINT, \
         CHECK ((state = 'waiting') = (ended_at IS NULL)))"
    );
    vec![
        table,
        "CREATE INDEX mails_ended ON mails (ended_at) WHERE state <> 'waiting'".to_owned(),
        "CREATE INDEX mails_made ON mails (made_at)".to_owned(),
    ]
}

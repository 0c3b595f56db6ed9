//! Background jobs: one row for each that waits, runs or has ended, and one for each kind that repeats.

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

/// Instants are milliseconds since 1970 UTC by the database's clock, `every` is milliseconds.
fn statements(backend: DbBackend) -> Vec<String> {
    // A number that was given is never given again: an operator names jobs by it.
    let id = if backend == DbBackend::Postgres {
        "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
    } else {
        "INTEGER PRIMARY KEY AUTOINCREMENT"
    };
    let table = format!(
        "CREATE TABLE jobs (id {id}, kind TEXT NOT NULL, key TEXT, payload TEXT NOT NULL, \
         state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'dead')), run_at BIGINT NOT NULL, every BIGINT, \
         tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0), claim TEXT, lease_until BIGINT, error TEXT, \
         made_at BIGINT NOT NULL, written_at BIGINT NOT NULL, ended_at BIGINT, \
         CHECK ((state = 'running') = (claim IS NOT NULL)), CHECK ((state = 'running') = (lease_until IS NOT NULL)))"
    );
    let indexes = [
        // Among those that wait only: what is asked for while a job runs makes another one.
        "CREATE UNIQUE INDEX jobs_waiting_key ON jobs (kind, key) WHERE state = 'waiting'",
        "CREATE UNIQUE INDEX jobs_periodic ON jobs (kind) WHERE every IS NOT NULL",
        "CREATE INDEX jobs_due ON jobs (run_at) WHERE state = 'waiting'",
        "CREATE INDEX jobs_running ON jobs (lease_until) WHERE state = 'running'",
        "CREATE INDEX jobs_done ON jobs (ended_at) WHERE state = 'done'",
        "CREATE INDEX jobs_dead ON jobs (kind) WHERE state = 'dead'",
    ];
    std::iter::once(table).chain(indexes.map(str::to_owned)).collect()
}

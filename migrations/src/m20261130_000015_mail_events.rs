//! What a provider reports of mails, the addresses that are held for it, and fingerprints of the secrets that codes are derived from.
//! Also what finds rows that nobody waits for, so that those of strangers are bounded in all.

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
        let tables = [mail_events(bytes), held_addresses(), auth_secrets(bytes)];
        for statement in tables.iter().map(String::as_str).chain(INDEXES) {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// The id is a hash of what the provider said, so that the same report is one row however often it comes.
fn mail_events(bytes: &str) -> String {
    format!(
        "CREATE TABLE mail_events (id {bytes} NOT NULL PRIMARY KEY CHECK (length(id) = 32), kind TEXT NOT NULL, \
         canonical TEXT NOT NULL, made_at BIGINT NOT NULL)"
    )
}

/// `tried_at` is when the one mail after the hold went out; null until then, and again after the next bounce.
fn held_addresses() -> String {
    "CREATE TABLE held_addresses (canonical TEXT NOT NULL PRIMARY KEY, bounces INTEGER NOT NULL DEFAULT 1 CHECK (bounces > 0), \
     bounced_at BIGINT NOT NULL, held_until BIGINT NOT NULL, tried_at BIGINT)"
        .to_owned()
}

/// A keyed hash, from which nothing of the secret can be read, and when a process last said that it uses that secret.
fn auth_secrets(bytes: &str) -> String {
    format!(
        "CREATE TABLE auth_secrets (fingerprint {bytes} NOT NULL PRIMARY KEY CHECK (length(fingerprint) = 16), seen_at BIGINT NOT NULL)"
    )
}

const INDEXES: [&str; 6] = [
    "CREATE INDEX mail_events_made ON mail_events (made_at)",
    "CREATE INDEX held_addresses_until ON held_addresses (held_until)",
    "CREATE INDEX mails_canonical ON mails (canonical)",
    "CREATE INDEX mails_subject ON mails (subject) WHERE subject IS NOT NULL",
    "CREATE INDEX jobs_done_key ON jobs (kind, key) WHERE state = 'done'",
    "CREATE INDEX challenges_unmailed ON challenges (is_known, created_at) WHERE mailed = 0",
];

//! Users and what makes a request theirs: challenges that a code answers, sessions, devices, access tokens; and plans.
//!
//! Instants are milliseconds since 1970 UTC by the database's clock. Of every secret the SHA-256 is stored, of a code nothing, of a
//! client's network a keyed hash.

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
        let tables = [
            plans(),
            users(bytes),
            challenges(bytes),
            sessions(bytes),
            devices(bytes),
            tokens(bytes),
        ];
        for statement in tables.iter().map(String::as_str).chain(INDEXES).chain([PLANS]) {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// What somebody may keep and send. Null: what the operator's settings say. The price is in the smallest unit of the currency.
fn plans() -> String {
    "CREATE TABLE plans (name TEXT NOT NULL PRIMARY KEY, storage_bytes BIGINT NOT NULL CHECK (storage_bytes >= 0), \
     max_link_bytes BIGINT, max_expires_in BIGINT, max_downloads BIGINT, price BIGINT NOT NULL DEFAULT 0, period TEXT)"
        .to_owned()
}

/// A guest keeps nothing: it has links, and they end.
const PLANS: &str = "INSERT INTO plans (name, storage_bytes) VALUES ('guest', 0), ('free', 10000000000)";

/// The addresses are gone once the user is closed; the row stays, so that what named it names nobody else.
fn users(bytes: &str) -> String {
    format!(
        "CREATE TABLE users (id {bytes} NOT NULL PRIMARY KEY CHECK (length(id) = 16), canonical TEXT, address TEXT, \
         plan TEXT NOT NULL DEFAULT 'free' REFERENCES plans (name), \
         used_bytes BIGINT NOT NULL DEFAULT 0 CHECK (used_bytes >= 0), \
         reserved_bytes BIGINT NOT NULL DEFAULT 0 CHECK (reserved_bytes >= 0), created_at BIGINT NOT NULL, closed_at BIGINT, \
         CHECK (closed_at IS NOT NULL OR (canonical IS NOT NULL AND address IS NOT NULL)))"
    )
}

/// `sends` counts what was asked for, `decided` up to which of them it was decided whether a mail goes out, `mailed` those that do.
fn challenges(bytes: &str) -> String {
    format!(
        "CREATE TABLE challenges (id {bytes} NOT NULL PRIMARY KEY CHECK (length(id) = 32), \
         purpose TEXT NOT NULL CHECK (purpose IN ('sign-in', 'step-up', 'change-email')), \
         canonical TEXT NOT NULL, address TEXT NOT NULL, limit_key {bytes} NOT NULL, user_id {bytes}, session_id {bytes}, \
         created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, tries INTEGER NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5), \
         sends INTEGER NOT NULL DEFAULT 1, decided INTEGER NOT NULL DEFAULT 0, mailed INTEGER NOT NULL DEFAULT 0, \
         may_mail INTEGER NOT NULL DEFAULT 0, is_known INTEGER NOT NULL DEFAULT 0, has_mark INTEGER NOT NULL DEFAULT 0, \
         last_sent_at BIGINT NOT NULL, consumed_at BIGINT, host {bytes}, network {bytes}, device {bytes})"
    )
}

/// The value before the last renewal is good until `previous_until`; where that is null, until the new one was seen.
fn sessions(bytes: &str) -> String {
    format!(
        "CREATE TABLE sessions (id {bytes} NOT NULL PRIMARY KEY CHECK (length(id) = 16), user_id {bytes} NOT NULL REFERENCES users (id), \
         token_hash {bytes} NOT NULL UNIQUE CHECK (length(token_hash) = 32), previous_hash {bytes}, previous_until BIGINT, \
         browser TEXT, system TEXT, device {bytes}, created_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, renewed_at BIGINT NOT NULL, \
         expires_at BIGINT NOT NULL, stepped_up_at BIGINT, ended_at BIGINT)"
    )
}

/// A browser that signed in: its mark, for each user. It outlives the sessions.
fn devices(bytes: &str) -> String {
    format!(
        "CREATE TABLE devices (mark_hash {bytes} NOT NULL, user_id {bytes} NOT NULL REFERENCES users (id), browser TEXT, system TEXT, \
         created_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, PRIMARY KEY (mark_hash, user_id))"
    )
}

/// `scopes` are names with a space between them.
fn tokens(bytes: &str) -> String {
    format!(
        "CREATE TABLE tokens (id {bytes} NOT NULL PRIMARY KEY CHECK (length(id) = 16), user_id {bytes} NOT NULL REFERENCES users (id), \
         name TEXT NOT NULL, scopes TEXT NOT NULL, token_hash {bytes} NOT NULL UNIQUE CHECK (length(token_hash) = 32), \
         created_at BIGINT NOT NULL, seen_at BIGINT, expires_at BIGINT NOT NULL, revoked_at BIGINT)"
    )
}

const INDEXES: [&str; 11] = [
    // Of those that are not closed: whoever signs up again is somebody new.
    "CREATE UNIQUE INDEX users_canonical ON users (canonical) WHERE closed_at IS NULL",
    "CREATE INDEX challenges_address ON challenges (limit_key, created_at)",
    "CREATE INDEX challenges_host ON challenges (host, created_at)",
    "CREATE INDEX challenges_network ON challenges (network, created_at)",
    "CREATE INDEX challenges_created ON challenges (created_at)",
    "CREATE INDEX sessions_previous ON sessions (previous_hash) WHERE previous_hash IS NOT NULL",
    "CREATE INDEX sessions_user ON sessions (user_id, seen_at)",
    "CREATE INDEX sessions_ended ON sessions (ended_at) WHERE ended_at IS NOT NULL",
    "CREATE INDEX sessions_expires ON sessions (expires_at)",
    "CREATE INDEX devices_seen ON devices (seen_at)",
    "CREATE INDEX tokens_user ON tokens (user_id, created_at)",
];

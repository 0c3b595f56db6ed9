//! Uploads and links that belong to users, and what users hold, kept by triggers.
//!
//! As with the totals of uploads, triggers and not the program: no statement can forget them, not one of the release before,
//! which may run beside this one, and not an operator's. `reserved_bytes` is the sum of a user's uploads that go on, `used_bytes`
//! that of those that are committed, after every commit. On Postgres they are kept once for each statement, on SQLite for each row.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let is_postgres = db.get_database_backend() == DbBackend::Postgres;
        let triggers = if is_postgres { on_postgres() } else { on_sqlite() };
        let tables = columns(if is_postgres { "BYTEA" } else { "BLOB" });
        for statement in tables.iter().chain(&triggers) {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// Null: a guest's. Of a link also when it is forgotten. `paused_at` is an instant in milliseconds since 1970 UTC.
fn columns(bytes: &str) -> Vec<String> {
    vec![
        format!("ALTER TABLE uploads ADD COLUMN user_id {bytes}"),
        format!("ALTER TABLE links ADD COLUMN user_id {bytes}"),
        "ALTER TABLE links ADD COLUMN paused_at BIGINT".to_owned(),
        "CREATE INDEX uploads_user ON uploads (user_id) WHERE user_id IS NOT NULL".to_owned(),
        "CREATE INDEX links_user ON links (user_id, created_at, link_id) WHERE user_id IS NOT NULL".to_owned(),
    ]
}

/// What a row counts for: used and reserved.
fn shares(row: &str) -> (String, String) {
    let when = |states: &str| format!("CASE WHEN {row}.state IN ({states}) THEN {row}.reserved_len ELSE 0 END");
    (
        when("'committed'"),
        when("'reserved', 'uploading', 'completing', 'verifying'"),
    )
}

fn on_sqlite() -> Vec<String> {
    // Each only adds or only subtracts: of several triggers the order is not defined, and must not matter.
    let update = |row: &str, sign: &str| {
        let (used, reserved) = shares(row);
        format!(
            "UPDATE users SET used_bytes = used_bytes {sign} {used}, reserved_bytes = reserved_bytes {sign} {reserved} \
             WHERE id = {row}.user_id;"
        )
    };
    let trigger = |name: &str, on: &str, when: &str, run: &str| {
        format!("CREATE TRIGGER user_bytes_{name} AFTER {on} ON uploads WHEN {when} BEGIN {run} END")
    };
    let (add, subtract) = (update("NEW", "+"), update("OLD", "-"));
    let columns = "UPDATE OF state, user_id, reserved_len";
    let changed = ["state", "user_id", "reserved_len"].map(|column| format!("OLD.{column} IS NOT NEW.{column}"));
    let changed = changed.join(" OR ");
    let of = |row: &str| format!("{row}.user_id IS NOT NULL");
    vec![
        trigger("insert", "INSERT", &of("NEW"), &add),
        trigger("delete", "DELETE", &of("OLD"), &subtract),
        trigger("update_new", columns, &format!("{} AND ({changed})", of("NEW")), &add),
        trigger(
            "update_old",
            columns,
            &format!("{} AND ({changed})", of("OLD")),
            &subtract,
        ),
    ]
}

/// Their names sort behind those of the totals, so that they run after them: whoever waits for a user's row holds the totals already,
/// and nobody waits the other way round.
fn on_postgres() -> Vec<String> {
    let (new, old) = (
        "SELECT 1 AS sign, * FROM new_rows",
        "SELECT -1 AS sign, * FROM old_rows",
    );
    let (used, reserved) = shares("r");
    let mut all = Vec::new();
    for (event, tables, changed) in [
        ("insert", "NEW TABLE AS new_rows", new.to_owned()),
        ("delete", "OLD TABLE AS old_rows", old.to_owned()),
        (
            "update",
            "OLD TABLE AS old_rows NEW TABLE AS new_rows",
            format!("{new} UNION ALL {old}"),
        ),
    ] {
        let name = format!("user_bytes_{event}");
        all.push(format!(
            "CREATE FUNCTION follow_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE share record; BEGIN \
             FOR share IN SELECT r.user_id, SUM(r.sign * {used}) AS used, SUM(r.sign * {reserved}) AS reserved \
             FROM ({changed}) AS r WHERE r.user_id IS NOT NULL GROUP BY r.user_id \
             HAVING SUM(r.sign * {used}) <> 0 OR SUM(r.sign * {reserved}) <> 0 ORDER BY r.user_id LOOP \
             UPDATE users SET used_bytes = used_bytes + share.used, reserved_bytes = reserved_bytes + share.reserved \
             WHERE id = share.user_id; END LOOP; RETURN NULL; END $$"
        ));
        all.push(format!(
            "CREATE TRIGGER {name} AFTER {event} ON uploads REFERENCING {tables} \
             FOR EACH STATEMENT EXECUTE FUNCTION follow_{name}()"
        ));
    }
    all
}

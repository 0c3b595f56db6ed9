//! Running totals of uploads, kept by triggers: what one client, one token and all of them hold is one row to read, however
//! many uploads there are.
//!
//! Triggers and not the program, so that no statement can forget them: not one of the release before, which may run beside
//! this one, and not an operator's. A total is exact after every commit, because it is of the same transaction.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Uploads {
    Table,
    Client,
    PromisedLen,
    PromisedParts,
}

#[derive(DeriveIden)]
enum UploadTotals {
    Table,
    Kind,
    Id,
    Objects,
    Begun,
    Bytes,
    Promised,
}

/// States that count.
const COUNTED: &str = "('reserved', 'uploading', 'completing', 'verifying', 'committed')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            ColumnDef::new(Uploads::Client).blob().to_owned(),
            ColumnDef::new(Uploads::PromisedLen)
                .big_integer()
                .not_null()
                .default(0)
                .to_owned(),
            ColumnDef::new(Uploads::PromisedParts).blob().to_owned(),
        ] {
            // SQLite adds one column at a time.
            let table = Table::alter().table(Uploads::Table).add_column(column).to_owned();
            manager.alter_table(table).await?;
        }
        manager.create_table(totals()).await?;
        let db = manager.get_connection();
        let backend = db.get_database_backend();
        for statement in statements(backend) {
            db.execute_unprepared(&statement).await?;
        }
        Ok(())
    }
}

/// `kind` 0 is everything (with an empty `id`), 1 a client, 2 a token.
fn totals() -> TableCreateStatement {
    let count = |column: UploadTotals| ColumnDef::new(column).big_integer().not_null().default(0).to_owned();
    Table::create()
        .table(UploadTotals::Table)
        .col(ColumnDef::new(UploadTotals::Kind).integer().not_null())
        .col(ColumnDef::new(UploadTotals::Id).blob().not_null())
        .col(count(UploadTotals::Objects))
        .col(count(UploadTotals::Begun))
        .col(count(UploadTotals::Bytes))
        .col(count(UploadTotals::Promised))
        .primary_key(Index::create().col(UploadTotals::Kind).col(UploadTotals::Id))
        .to_owned()
}

fn statements(backend: DbBackend) -> Vec<String> {
    let empty = if backend == DbBackend::Postgres {
        "''::bytea"
    } else {
        "x''"
    };
    let mut all = vec![
        // Never deleted: it is also what is locked where totals are compared with bounds.
        format!("INSERT INTO upload_totals (kind, id) VALUES (0, {empty})"),
        format!(
            "INSERT INTO upload_totals (kind, id, objects, begun, bytes, promised) \
             SELECT 2, token_hash, COUNT(*), SUM(CASE WHEN state = 'reserved' THEN 0 ELSE 1 END), SUM(reserved_len), 0 \
             FROM uploads WHERE state IN {COUNTED} GROUP BY token_hash"
        ),
        "CREATE INDEX uploads_promised ON uploads (touched_at) WHERE promised_len > 0".to_owned(),
    ];
    let (add, subtract) = (add(empty), subtract(empty));
    let (new_counts, old_counts) = (format!("NEW.state IN {COUNTED}"), format!("OLD.state IN {COUNTED}"));
    if backend == DbBackend::Postgres {
        all.push(format!(
            "CREATE FUNCTION follow_upload_totals() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF TG_OP = 'UPDATE' THEN IF NOT ({}) THEN RETURN NULL; END IF; END IF; \
             IF TG_OP <> 'DELETE' THEN IF {new_counts} THEN {add} END IF; END IF; \
             IF TG_OP <> 'INSERT' THEN IF {old_counts} THEN {subtract} END IF; END IF; \
             RETURN NULL; END $$",
            changed("IS DISTINCT FROM")
        ));
        all.push(format!(
            "CREATE TRIGGER upload_totals AFTER INSERT OR DELETE OR UPDATE OF {COLUMNS} ON uploads \
             FOR EACH ROW EXECUTE FUNCTION follow_upload_totals()"
        ));
    } else {
        // A trigger of SQLite has one condition for all of its statements.
        let trigger = |name: &str, on: &str, when: &str, run: &str| {
            format!("CREATE TRIGGER upload_totals_{name} AFTER {on} ON uploads WHEN {when} BEGIN {run} END")
        };
        let changed = changed("IS NOT");
        all.push(trigger("insert", "INSERT", &new_counts, &add));
        all.push(trigger("delete", "DELETE", &old_counts, &subtract));
        let update = format!("UPDATE OF {COLUMNS}");
        // Of several triggers the order is not defined, and must not matter: each only adds or only subtracts.
        all.push(trigger(
            "update_new",
            &update,
            &format!("{new_counts} AND ({changed})"),
            &add,
        ));
        all.push(trigger(
            "update_old",
            &update,
            &format!("{old_counts} AND ({changed})"),
            &subtract,
        ));
    }
    all
}

/// What a total depends on.
const COLUMNS: &str = "state, client, reserved_len, promised_len";

fn changed(differs: &str) -> String {
    COLUMNS
        .split(", ")
        .map(|column| format!("OLD.{column} {differs} NEW.{column}"))
        .collect::<Vec<_>>()
        .join(" OR ")
}

/// A row's share of each total: kind, id, and whether it has one. The total of everything comes first: transactions
/// that change totals wait for each other there, and never while they hold another total.
fn shares(row: &str, empty: &str) -> [(u8, String, String); 3] {
    let of_client = format!("{row}.client IS NOT NULL");
    [
        (0, empty.to_owned(), of_client.clone()),
        (1, format!("{row}.client"), of_client),
        (2, format!("{row}.token_hash"), "1 = 1".to_owned()),
    ]
}

fn add(empty: &str) -> String {
    let sum = |column: &str| format!("{column} = upload_totals.{column} + excluded.{column}");
    let sums = ["objects", "begun", "bytes", "promised"].map(sum).join(", ");
    shares("NEW", empty)
        .map(|(kind, id, condition)| {
            format!(
                "INSERT INTO upload_totals (kind, id, objects, begun, bytes, promised) \
                 SELECT {kind}, {id}, 1, CASE WHEN NEW.state = 'reserved' THEN 0 ELSE 1 END, NEW.reserved_len, NEW.promised_len \
                 WHERE {condition} ON CONFLICT (kind, id) DO UPDATE SET {sums}; "
            )
        })
        .concat()
}

fn subtract(empty: &str) -> String {
    let statements = shares("OLD", empty).map(|(kind, id, condition)| {
        let row = format!("kind = {kind} AND id = {id} AND {condition}");
        let begun = "CASE WHEN OLD.state = 'reserved' THEN 0 ELSE 1 END";
        let mut both = format!(
            "UPDATE upload_totals SET objects = objects - 1, begun = begun - {begun}, bytes = bytes - OLD.reserved_len, \
             promised = promised - OLD.promised_len WHERE {row}; "
        );
        if kind != 0 {
            both += &format!("DELETE FROM upload_totals WHERE {row} AND objects = 0; ");
        }
        both
    });
    statements.concat()
}

//! Totals of uploads on Postgres are kept once for each statement, not for each row.
//!
//! A transaction that changes one row of totals a hundred thousand times walks through all of its own old versions each time:
//! giving up one token's idle uploads took longer than any statement may. On SQLite a row is changed in place.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const COUNTED: &str = "('reserved', 'uploading', 'completing', 'verifying', 'committed')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        if db.get_database_backend() == DbBackend::Postgres {
            for statement in statements() {
                db.execute_unprepared(&statement).await?;
            }
        }
        Ok(())
    }
}

fn statements() -> Vec<String> {
    let mut all = vec![
        "DROP TRIGGER upload_totals ON uploads".to_owned(),
        "DROP FUNCTION follow_upload_totals()".to_owned(),
    ];
    let (new, old) = (
        "SELECT 1 AS sign, * FROM new_rows",
        "SELECT -1 AS sign, * FROM old_rows",
    );
    for (event, tables, changed) in [
        ("insert", "NEW TABLE AS new_rows", new.to_owned()),
        ("delete", "OLD TABLE AS old_rows", old.to_owned()),
        (
            "update",
            "OLD TABLE AS old_rows NEW TABLE AS new_rows",
            format!("{new} UNION ALL {old}"),
        ),
    ] {
        let name = format!("upload_totals_{event}");
        all.push(format!(
            "CREATE FUNCTION follow_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE share record; BEGIN \
             FOR share IN {} LOOP {} END LOOP; RETURN NULL; END $$",
            shares(&changed),
            add()
        ));
        all.push(format!(
            "CREATE TRIGGER {name} AFTER {event} ON uploads REFERENCING {tables} \
             FOR EACH STATEMENT EXECUTE FUNCTION follow_{name}()"
        ));
    }
    all
}

/// What each total changes by. The total of everything comes first: transactions that change totals wait for each other there,
/// and never while they hold another total.
fn shares(changed: &str) -> String {
    let sums = ["objects", "begun", "bytes", "promised"];
    let summed = sums.map(|sum| format!("SUM({sum}) AS {sum}")).join(", ");
    let differs = sums.map(|sum| format!("SUM({sum}) <> 0")).join(" OR ");
    format!(
        "SELECT kind, id, {summed} FROM (SELECT s.kind, s.id, r.sign AS objects, \
         r.sign * CASE WHEN r.state = 'reserved' THEN 0 ELSE 1 END AS begun, r.sign * r.reserved_len AS bytes, \
         r.sign * r.promised_len AS promised FROM ({changed}) AS r CROSS JOIN LATERAL (VALUES \
         (0, ''::bytea, r.client IS NOT NULL), (1, r.client, r.client IS NOT NULL), (2, r.token_hash, true)) AS s (kind, id, counts) \
         WHERE s.counts AND r.state IN {COUNTED}) AS shares GROUP BY kind, id HAVING {differs} ORDER BY kind, id"
    )
}

fn add() -> String {
    let sums = ["objects", "begun", "bytes", "promised"].map(|sum| format!("{sum} = t.{sum} + excluded.{sum}"));
    format!(
        "INSERT INTO upload_totals AS t (kind, id, objects, begun, bytes, promised) \
         VALUES (share.kind, share.id, share.objects, share.begun, share.bytes, share.promised) \
         ON CONFLICT (kind, id) DO UPDATE SET {}; \
         IF share.kind <> 0 AND share.objects < 0 THEN \
         DELETE FROM upload_totals WHERE kind = share.kind AND id = share.id AND objects = 0; END IF;",
        sums.join(", ")
    )
}

//! What operators changed: rows that are only added.
//!
//! Triggers refuse to change or delete one, so that no statement of the program, of a later version or of a careless hand does. The
//! owner of the database can still drop the triggers: the table shows mistakes, it does not withstand its owner.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let is_postgres = db.get_database_backend() == DbBackend::Postgres;
        db.execute_unprepared(&table(is_postgres)).await?;
        let refusals: &[&str] = if is_postgres { &ON_POSTGRES } else { &ON_SQLITE };
        for statement in refusals {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// `at` is milliseconds since 1970 UTC by the database's clock.
fn table(is_postgres: bool) -> String {
    // A number that was given is never given again.
    let id = if is_postgres {
        "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
    } else {
        "INTEGER PRIMARY KEY AUTOINCREMENT"
    };
    format!(
        "CREATE TABLE audit (id {id}, at BIGINT NOT NULL, actor TEXT, action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT)"
    )
}

const ON_POSTGRES: [&str; 2] = [
    "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS \
     $$ BEGIN RAISE EXCEPTION 'rows of the audit are neither changed nor deleted'; END $$",
    "CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit \
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()",
];

const ON_SQLITE: [&str; 3] = [
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit \
     BEGIN SELECT RAISE(ABORT, 'rows of the audit are neither changed nor deleted'); END",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit \
     BEGIN SELECT RAISE(ABORT, 'rows of the audit are neither changed nor deleted'); END",
    // `INSERT OR REPLACE` deletes the row of the same number without asking the trigger above.
    "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) \
     BEGIN SELECT RAISE(ABORT, 'rows of the audit are neither changed nor deleted'); END",
];

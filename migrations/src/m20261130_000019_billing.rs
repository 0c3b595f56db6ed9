//! Orders, the ledger of what money did, refunds, what a provider reports, invoices, and what users may use because they paid.
//!
//! Instants are milliseconds since 1970 UTC by the database's clock, amounts are in the smallest unit of their currency. Triggers refuse
//! to change or delete rows of the ledger and of invoices, as they do in the audit.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let is_postgres = db.get_database_backend() == DbBackend::Postgres;
        let bytes = if is_postgres { "BYTEA" } else { "BLOB" };
        let tables = [
            orders(bytes),
            ledger(bytes, is_postgres),
            refunds(bytes),
            payment_events(bytes),
            invoices(bytes),
            entitlements(bytes),
            plan_notices(bytes),
            plan_cancellations(bytes),
        ];
        let refusals = ["ledger", "invoices"].map(|table| refusals(table, is_postgres));
        let statements = tables.iter().map(String::as_str).chain([COUNTERS]).chain(INDEXES);
        for statement in statements.chain(refusals.iter().flatten().map(String::as_str)) {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// What a plan was when it was ordered. Null: what the settings say.
const TERMS: &str = "storage_bytes BIGINT NOT NULL CHECK (storage_bytes > 0), max_link_bytes BIGINT, max_expires_in BIGINT, max_downloads BIGINT";

/// A wish to buy, with the terms of that moment. `mode` says with which of the provider's keys, `look_at` when the provider is asked
/// next what became of it. Its money is in the ledger.
fn orders(bytes: &str) -> String {
    format!(
        "CREATE TABLE orders (id {bytes} NOT NULL PRIMARY KEY CHECK (length(id) = 16), user_id {bytes} NOT NULL REFERENCES users (id), \
         plan TEXT NOT NULL REFERENCES plans (name), price BIGINT NOT NULL CHECK (price > 0), currency TEXT NOT NULL CHECK (length(currency) = 3), \
         period_months BIGINT NOT NULL CHECK (period_months BETWEEN 1 AND 36), {TERMS}, reference TEXT NOT NULL UNIQUE, \
         mode TEXT NOT NULL CHECK (mode IN ('test', 'live')), \
         state TEXT NOT NULL CHECK (state IN ('new', 'open', 'cancelling', 'cancelled', 'expired', 'paid')), \
         link_id TEXT UNIQUE, short_url TEXT, provider_order TEXT UNIQUE, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, \
         changed_at BIGINT NOT NULL, look_at BIGINT, looks INTEGER NOT NULL DEFAULT 0)"
    )
}

/// `provider_id` is the payment, refund or dispute that a row is of, `payment_id` the payment that it touches, `paid_at`
/// when that was made by the provider's clock, and not later than `at`.
fn ledger(bytes: &str, is_postgres: bool) -> String {
    let id = if is_postgres {
        "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
    } else {
        "INTEGER PRIMARY KEY AUTOINCREMENT"
    };
    format!(
        "CREATE TABLE ledger (id {id}, at BIGINT NOT NULL, kind TEXT NOT NULL, order_id {bytes} NOT NULL REFERENCES orders (id), \
         user_id {bytes} NOT NULL REFERENCES users (id), amount BIGINT NOT NULL CHECK (amount >= 0), currency TEXT NOT NULL, \
         provider_id TEXT, payment_id TEXT, paid_at BIGINT, detail TEXT, \
         CHECK (kind IN ('order', 'capture', 'grant', 'refund-owed', 'refund-done', 'credit-note', 'dispute', 'dispute-won', 'dispute-lost', 'expiry')))"
    )
}

/// What is owed to a buyer, until the provider says that it is done.
fn refunds(bytes: &str) -> String {
    format!(
        "CREATE TABLE refunds (id {bytes} NOT NULL PRIMARY KEY CHECK (length(id) = 16), order_id {bytes} NOT NULL REFERENCES orders (id), \
         payment_id TEXT NOT NULL, amount BIGINT NOT NULL CHECK (amount > 0), currency TEXT NOT NULL, reason TEXT NOT NULL, \
         refund_key TEXT NOT NULL UNIQUE, state TEXT NOT NULL CHECK (state IN ('owed', 'sent', 'done')), provider_id TEXT UNIQUE, \
         error TEXT, made_at BIGINT NOT NULL, try_at BIGINT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, done_at BIGINT)"
    )
}

/// What the provider reported, as it was sent: `body` is bounded by whoever takes it.
fn payment_events(bytes: &str) -> String {
    format!(
        "CREATE TABLE payment_events (id TEXT NOT NULL PRIMARY KEY, body {bytes} NOT NULL, received_at BIGINT NOT NULL, handled_at BIGINT, \
         outcome TEXT)"
    )
}

/// Invoices and credit notes, with all that they print.
fn invoices(bytes: &str) -> String {
    format!(
        "CREATE TABLE invoices (id {bytes} NOT NULL PRIMARY KEY CHECK (length(id) = 16), number TEXT NOT NULL UNIQUE CHECK (length(number) <= 16), \
         kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit-note')), order_id {bytes} NOT NULL REFERENCES orders (id), \
         user_id {bytes} NOT NULL REFERENCES users (id), issued_at BIGINT NOT NULL, plan TEXT NOT NULL, period_months BIGINT NOT NULL, \
         currency TEXT NOT NULL, total BIGINT NOT NULL CHECK (total > 0), base BIGINT NOT NULL, cgst BIGINT NOT NULL, sgst BIGINT NOT NULL, \
         igst BIGINT NOT NULL, tax_rate BIGINT NOT NULL, seller TEXT NOT NULL, invoice_number TEXT, provider_id TEXT UNIQUE, \
         CHECK (base + cgst + sgst + igst = total), CHECK ((kind = 'credit-note') = (invoice_number IS NOT NULL)))"
    )
}

/// The last number that was given in a series.
const COUNTERS: &str =
    "CREATE TABLE invoice_counters (series TEXT NOT NULL PRIMARY KEY, last BIGINT NOT NULL CHECK (last > 0))";

/// What follows from the ledger: of each order that was granted and not given back, from when until when its terms hold.
fn entitlements(bytes: &str) -> String {
    format!(
        "CREATE TABLE entitlements (order_id {bytes} NOT NULL PRIMARY KEY REFERENCES orders (id), user_id {bytes} NOT NULL REFERENCES users (id), \
         plan TEXT NOT NULL, {TERMS}, starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL)"
    )
}

/// Mails about the end of a plan that were sent.
fn plan_notices(bytes: &str) -> String {
    format!(
        "CREATE TABLE plan_notices (user_id {bytes} NOT NULL REFERENCES users (id), plan TEXT NOT NULL, ends_at BIGINT NOT NULL, \
         notice TEXT NOT NULL CHECK (notice IN ('reminder', 'ended')), at BIGINT NOT NULL, PRIMARY KEY (user_id, plan, ends_at, notice))"
    )
}

/// Plans that users will not buy again: no reminders. The next purchase takes the row away.
fn plan_cancellations(bytes: &str) -> String {
    format!(
        "CREATE TABLE plan_cancellations (user_id {bytes} NOT NULL REFERENCES users (id), plan TEXT NOT NULL, at BIGINT NOT NULL, \
         PRIMARY KEY (user_id, plan))"
    )
}

const INDEXES: [&str; 12] = [
    "CREATE UNIQUE INDEX orders_open ON orders (user_id, plan) WHERE state IN ('new', 'open')",
    "CREATE INDEX orders_user ON orders (user_id, created_at)",
    "CREATE INDEX orders_look ON orders (look_at) WHERE look_at IS NOT NULL",
    // Of an order one of each, and of a payment, refund or dispute one of each: the same fact may be reported twice.
    "CREATE UNIQUE INDEX ledger_order_once ON ledger (kind, order_id) WHERE kind IN ('order', 'grant', 'expiry')",
    "CREATE UNIQUE INDEX ledger_fact_once ON ledger (kind, provider_id) WHERE provider_id IS NOT NULL",
    "CREATE INDEX ledger_order ON ledger (order_id)",
    "CREATE INDEX ledger_user ON ledger (user_id, kind)",
    "CREATE INDEX refunds_due ON refunds (try_at) WHERE state <> 'done'",
    "CREATE INDEX payment_events_received ON payment_events (received_at)",
    "CREATE UNIQUE INDEX invoices_order ON invoices (order_id) WHERE kind = 'invoice'",
    "CREATE INDEX invoices_user ON invoices (user_id, issued_at)",
    "CREATE INDEX entitlements_user ON entitlements (user_id, ends_at)",
];

fn refusals(table: &str, is_postgres: bool) -> Vec<String> {
    let why = format!("rows of {table} are neither changed nor deleted");
    if is_postgres {
        return vec![
            format!(
                "CREATE FUNCTION refuse_{table}_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{why}'; END $$"
            ),
            format!(
                "CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} \
                 FOR EACH STATEMENT EXECUTE FUNCTION refuse_{table}_change()"
            ),
        ];
    }
    let refuse = |name: &str, when: &str| {
        format!("CREATE TRIGGER {table}_{name} {when} BEGIN SELECT RAISE(ABORT, '{why}'); END")
    };
    vec![
        refuse("no_update", &format!("BEFORE UPDATE ON {table}")),
        refuse("no_delete", &format!("BEFORE DELETE ON {table}")),
        // `INSERT OR REPLACE` deletes the row of the same number without asking the trigger above.
        refuse(
            "no_replace",
            &format!("BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"),
        ),
    ]
}

//! The database's schema, the same on SQLite and Postgres.
//!
//! Migrations only expand: a column or table is added in one release and dropped, if ever, in a later one, so that the
//! release before runs on the schema of the release after. A new column has a default, or may be null. What is dropped one day
//! is dropped by a migration with `_contract_` in its name: versions that do not know it refuse to start then. There is no
//! way down; a restore is the way back.

mod later;
mod m20261122_000001_transfers;
mod m20261126_000002_lively_uploads;
mod m20261129_000003_clock;
mod m20261130_000004_upload_totals;
mod m20261130_000005_looks;
mod m20261130_000006_installation;
mod m20261130_000007_brakes;
mod m20261130_000008_totals_by_statement;
mod m20261130_000009_jobs;
mod m20261130_000010_mails;
mod m20261130_000011_users;
mod m20261130_000012_quota;
mod m20261130_000013_notices;
mod m20261130_000014_audit;
mod m20261130_000014_own_quota;
mod m20261130_000015_mail_events;
mod m20261130_000016_link_notices;
mod m20261130_000017_link_events;
mod m20261130_000018_plans_on_sale;
mod m20261130_000019_billing;
mod m20261201_000020_storage;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::{prelude::*, sea_orm::DatabaseTransaction};

use later::WithLater;

/// Every migration, in order.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_transfers::Migration),
            Box::new(m20261126_000002_lively_uploads::Migration),
            Box::new(m20261129_000003_clock::Migration),
            Box::new(m20261130_000004_upload_totals::Migration),
            Box::new(m20261130_000005_looks::Migration),
            Box::new(m20261130_000006_installation::Migration),
            Box::new(m20261130_000007_brakes::Migration),
            Box::new(m20261130_000008_totals_by_statement::Migration),
            Box::new(m20261130_000009_jobs::Migration),
            Box::new(m20261130_000010_mails::Migration),
            Box::new(m20261130_000011_users::Migration),
            Box::new(m20261130_000012_quota::Migration),
            Box::new(m20261130_000013_notices::Migration),
            Box::new(m20261130_000014_audit::Migration),
            Box::new(m20261130_000014_own_quota::Migration),
            Box::new(m20261130_000015_mail_events::Migration),
            Box::new(m20261130_000016_link_notices::Migration),
            Box::new(m20261130_000017_link_events::Migration),
            Box::new(m20261130_000018_plans_on_sale::Migration),
            Box::new(m20261130_000019_billing::Migration),
            Box::new(m20261201_000020_storage::Migration),
        ]
    }
}

/// A later migration with this in its name takes something away that a version without it needs.
const CONTRACTS: &str = "_contract_";

/// Brings the schema up to date. What a later version has added is left as it is: this one runs beside it.
///
/// # Errors
/// Those of the database, and when a later version has taken something away.
pub async fn up(tx: &DatabaseTransaction) -> Result<Vec<String>, DbErr> {
    Migrator::install(tx).await?;
    let ours: Vec<String> = Migrator::migrations().iter().map(|one| one.name().to_owned()).collect();
    let applied = Migrator::get_migration_models(tx)
        .await?
        .into_iter()
        .map(|one| one.version);
    let later: Vec<String> = applied.filter(|name| !ours.contains(name)).collect();
    if let Some(contract) = later.iter().find(|name| name.contains(CONTRACTS)) {
        return Err(DbErr::Custom(format!(
            "a newer version of Sealdrop has taken away what this one needs ({contract}): run that version, or restore a backup"
        )));
    }
    let ours = Migrator::migrations;
    later::up(tx, WithLater { ours, later }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_order_and_unique() {
        let names: Vec<String> = Migrator::migrations().iter().map(|one| one.name().to_owned()).collect();
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
    }
}

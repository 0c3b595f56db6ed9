//! The database's schema, the same on SQLite and Postgres.
//!
//! Migrations only expand: a column or table is added in one release and dropped, if ever, in a later one, so that the
//! release before runs on the schema of the release after. There is no way down; a restore is the way back.

mod m20261122_000001_transfers;
mod m20261126_000002_lively_uploads;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

/// Every migration, in order.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_transfers::Migration),
            Box::new(m20261126_000002_lively_uploads::Migration),
        ]
    }
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

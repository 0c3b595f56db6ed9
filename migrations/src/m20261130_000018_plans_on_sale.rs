//! Plans that are sold: the currency of the price, how long one payment lasts, and whether somebody can buy it.
//!
//! The column `period`, a text that nothing has read or written, is left alone: versions before this one have it.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in COLUMNS {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// `currency` is an ISO 4217 code, `period_months` counts calendar months.
const COLUMNS: [&str; 3] = [
    "ALTER TABLE plans ADD COLUMN currency TEXT NOT NULL DEFAULT 'INR' CHECK (length(currency) = 3)",
    "ALTER TABLE plans ADD COLUMN period_months BIGINT CHECK (period_months BETWEEN 1 AND 36)",
    "ALTER TABLE plans ADD COLUMN on_sale INTEGER NOT NULL DEFAULT 0 CHECK (on_sale IN (0, 1))",
];

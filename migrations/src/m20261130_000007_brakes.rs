//! Up to when everything has ended that time ends, and what is kept because too much of it fell due at the same time.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Brakes {
    Table,
    Kind,
    SettledAt,
    Held,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Brakes::Table)
            .col(ColumnDef::new(Brakes::Kind).integer().not_null().primary_key())
            .col(ColumnDef::new(Brakes::SettledAt).big_integer().not_null())
            .col(ColumnDef::new(Brakes::Held).big_integer().not_null().default(0))
            .to_owned();
        manager.create_table(table).await
    }
}

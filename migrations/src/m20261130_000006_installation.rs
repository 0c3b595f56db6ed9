//! Which installation this is: one row, whose id a bucket outside is marked with.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Installation {
    Table,
    Id,
    Name,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Installation::Table)
            .col(ColumnDef::new(Installation::Id).integer().not_null().primary_key())
            .col(ColumnDef::new(Installation::Name).text().not_null())
            .check(Expr::cust("id = 1"))
            .to_owned();
        manager.create_table(table).await
    }
}

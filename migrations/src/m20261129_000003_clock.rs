//! What the server last thought of its clock: one row, so that a jump is noticed across restarts.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Clock {
    Table,
    Id,
    NotedAt,
    SeenAt,
    DoubtLeft,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Clock::Table)
            .col(ColumnDef::new(Clock::Id).integer().not_null().primary_key())
            .col(ColumnDef::new(Clock::NotedAt).big_integer().not_null())
            .col(ColumnDef::new(Clock::SeenAt).big_integer())
            .col(ColumnDef::new(Clock::DoubtLeft).big_integer())
            .check(Expr::cust("id = 1"))
            .to_owned();
        manager.create_table(table).await
    }
}

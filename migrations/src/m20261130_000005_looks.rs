//! Bytes that were signed for looks (previews): of each claim, and of each link.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Claims {
    Table,
    SignedLen,
}

#[derive(DeriveIden)]
enum Links {
    Table,
    LookedLen,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut signed = ColumnDef::new(Claims::SignedLen);
        signed.big_integer().not_null().default(0);
        let claims = Table::alter().table(Claims::Table).add_column(signed).to_owned();
        manager.alter_table(claims).await?;
        let mut looked = ColumnDef::new(Links::LookedLen);
        looked.big_integer().not_null().default(0);
        let links = Table::alter().table(Links::Table).add_column(looked).to_owned();
        manager.alter_table(links).await
    }
}

//! An index for the question that the reaper asks of every idle upload: was anything of the same token touched lately?
//!
//! Without it each answer walks through all uploads of the token, so a transfer of 10,000 objects that is still going on
//! costs SQLite a hundred million steps a pass.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Uploads {
    Table,
    TokenHash,
    TouchedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .name("uploads_lively")
            .table(Uploads::Table)
            .col(Uploads::TokenHash)
            .col(Uploads::TouchedAt)
            .to_owned();
        manager.create_index(index).await
    }
}

//! What one user may hold, where it is not what their plan says.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Null: the plan's.
        let column = "ALTER TABLE users ADD COLUMN quota_bytes BIGINT CHECK (quota_bytes >= 0)";
        manager.get_connection().execute_unprepared(column).await.map(drop)
    }
}

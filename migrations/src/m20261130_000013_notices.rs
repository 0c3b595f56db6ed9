//! Notices: whether a user wants them, and what finds the devices and the mails of one user.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in STATEMENTS {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

const STATEMENTS: [&str; 3] = [
    // 1: a mail tells of each sign-in on a new device.
    "ALTER TABLE users ADD COLUMN notify_new_device INTEGER NOT NULL DEFAULT 1 CHECK (notify_new_device IN (0, 1))",
    "CREATE INDEX devices_user ON devices (user_id)",
    "CREATE INDEX mails_user ON mails (user_id, made_at) WHERE user_id IS NOT NULL",
];

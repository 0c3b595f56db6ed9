//! What a later version has done to the schema: names in a list, to be left alone.

use sea_orm_migration::{MigratorTraitSelf, prelude::*, sea_orm::DatabaseTransaction};

/// Runs ours that were not run, and answers the names of theirs.
pub(crate) async fn up(tx: &DatabaseTransaction, all: WithLater) -> Result<Vec<String>, DbErr> {
    all.up(tx, None).await?;
    Ok(all.later)
}

/// Ours, and the names of those that a later version has run.
pub(crate) struct WithLater {
    pub(crate) ours: fn() -> Vec<Box<dyn MigrationTrait>>,
    pub(crate) later: Vec<String>,
}

#[async_trait::async_trait]
impl MigratorTraitSelf for WithLater {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        let mut all = (self.ours)();
        let later = self.later.iter().cloned().map(Later);
        all.extend(later.map(|one| Box::new(one) as Box<dyn MigrationTrait>));
        all
    }
}

/// A migration of a later version: it was run, and that is all there is to know.
struct Later(String);

impl MigrationName for Later {
    fn name(&self) -> &str {
        &self.0
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Later {
    async fn up(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}

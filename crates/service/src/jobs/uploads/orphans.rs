//! Multipart uploads in the bucket that the database does not know: what a crash leaves between the two.

use std::{collections::HashMap, sync::PoisonError};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    bucket::UnfinishedUpload,
    error::ServiceError,
    jobs::reaped::Reaped,
    service::Service,
    store::{
        db,
        uploads::{Column, Entity, Model, State},
    },
};

/// Milliseconds that the database has to learn of a multipart upload.
const NOTED_IN: i64 = 3600 * 1000;
/// Pages of 1,000 that one pass looks at.
const PAGES: usize = 4;

impl Service {
    pub(in crate::jobs) async fn abort_orphans(&self, reaped: &mut Reaped) -> Result<(), ServiceError> {
        // Those of another installation are no orphans.
        if let Err(error) = self.check_owner().await {
            tracing::error!(error, "multipart uploads that nobody knows are left alone");
            reaped.failed += 1;
            return Ok(());
        }
        for _ in 0..PAGES {
            let after = self.inner.cursor.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let (listed, next) = match self.inner.bucket.list_unfinished(after).await {
                Ok(page) => page,
                Err(error) => {
                    tracing::warn!(%error, "multipart uploads cannot be listed");
                    reaped.failed += 1;
                    return Ok(());
                }
            };
            let at_end = next.is_none();
            *self.inner.cursor.lock().unwrap_or_else(PoisonError::into_inner) = next;
            self.abort_unknown(listed, reaped).await?;
            if at_end {
                break;
            }
        }
        Ok(())
    }

    async fn abort_unknown(&self, listed: Vec<UnfinishedUpload>, reaped: &mut Reaped) -> Result<(), ServiceError> {
        let old = self.steady_now() - NOTED_IN;
        let listed: Vec<UnfinishedUpload> = listed.into_iter().filter(|upload| upload.begun_at <= old).collect();
        if listed.is_empty() {
            return Ok(());
        }
        let keys: Vec<String> = listed.iter().map(|upload| upload.key.clone()).collect();
        let rows: Vec<Model> = Entity::find()
            .filter(Column::Key.is_in(keys))
            .all(self.inner.store.reader())
            .await
            .map_err(db("looking for the rows of multipart uploads"))?;
        let known: HashMap<&str, &Model> = rows.iter().map(|row| (row.key.as_str(), row)).collect();
        for upload in listed
            .iter()
            .filter(|upload| !is_wanted(known.get(upload.key.as_str()).copied(), upload))
        {
            match self.inner.bucket.abort_multipart(&upload.key, &upload.upload_id).await {
                Ok(()) => {
                    tracing::info!(key = upload.key, "orphaned multipart upload aborted");
                    reaped.orphans_aborted += 1;
                }
                Err(error) => {
                    tracing::warn!(%error, key = upload.key, "an orphaned multipart upload stays");
                    reaped.failed += 1;
                }
            }
        }
        Ok(())
    }
}

/// Whether the database still has a use for it. `aborting` removes its own.
fn is_wanted(row: Option<&Model>, upload: &UnfinishedUpload) -> bool {
    let lives = |row: &Model| {
        matches!(
            row.state,
            State::Uploading | State::Completing | State::Verifying | State::Aborting
        ) && row.upload_id.as_deref() == Some(upload.upload_id.as_str())
    };
    row.is_some_and(lives)
}

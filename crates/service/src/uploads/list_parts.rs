//! `GET uploads/{object_id}/parts`: what the bucket holds.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use sealdrop_api::{
    ObjectId, OwnerToken,
    limits::MAX_PARTS,
    uploads::{PartList, StoredPart},
};

use super::access::{find_owned, wrong_state};
use crate::{
    bucket::{BucketError, PartPage},
    error::{InternalError, ServiceError},
    service::Service,
    store::{
        db,
        uploads::{Column, Entity, Model, State},
    },
};

impl Service {
    /// One page of the parts that the bucket holds: the truth about what need not be sent again.
    ///
    /// # Errors
    /// `upload-not-found`; `upload-state` once the parts are no longer parts.
    pub async fn list_parts(
        &self,
        token: &OwnerToken,
        object_id: ObjectId,
        after: u32,
    ) -> Result<PartList, ServiceError> {
        let row = find_owned(self.inner.store.reader(), token, object_id).await?;
        let page = match (row.state, &row.upload_id) {
            (State::Reserved, _) | (State::Uploading, None) => PartPage::default(),
            // A bucket takes no such number.
            (State::Uploading, Some(_)) if after >= MAX_PARTS => PartPage::default(),
            (State::Uploading, Some(upload_id)) => {
                match self.inner.bucket.list_parts(&row.key, upload_id, after).await {
                    Ok(page) => page,
                    Err(BucketError::NoSuchUpload | BucketError::Missing) => {
                        self.forget_multipart(&row, upload_id).await?;
                        PartPage::default()
                    }
                    Err(error) => return Err(error.while_doing("listing parts").into()),
                }
            }
            _ => return Err(wrong_state(&row)),
        };
        let parts = page.parts.into_iter().map(|part| StoredPart {
            n: part.n,
            len: part.len,
            etag: part.etag,
        });
        Ok(PartList {
            parts: parts.collect(),
            next: page.next,
        })
    }

    /// The bucket has dropped the multipart upload (a lifecycle rule, an operator): the next signature begins a new one, and
    /// the client hears that every part is missing.
    pub(super) async fn forget_multipart(&self, row: &Model, upload_id: &str) -> Result<(), InternalError> {
        tracing::warn!(object_id = %row.id(), "the bucket dropped the parts of an upload");
        let tx = self.inner.store.write().await?;
        Entity::update_many()
            .col_expr(Column::UploadId, Expr::value(Option::<String>::None))
            .filter(Column::ObjectId.eq(row.object_id.clone()))
            .filter(Column::State.eq(State::Uploading))
            .filter(Column::UploadId.eq(upload_id))
            .exec(&*tx)
            .await
            .map_err(db("forgetting a multipart upload"))?;
        tx.commit().await
    }
}

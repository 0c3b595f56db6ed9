//! `GET uploads/{object_id}`: where an upload stands.

use sealdrop_api::{ObjectId, OwnerToken, uploads::UploadStatus};

use super::access::find_owned;
use crate::{error::ServiceError, service::Service, store::unsigned};

impl Service {
    /// Where an upload stands.
    ///
    /// # Errors
    /// `upload-not-found`.
    pub async fn get_upload(&self, token: &OwnerToken, object_id: ObjectId) -> Result<UploadStatus, ServiceError> {
        let row = find_owned(self.inner.store.reader(), token, object_id).await?;
        Ok(UploadStatus {
            state: row.state.into(),
            sealed_len: row.known_len(),
            part_len: unsigned(row.part_len),
            reason: row.reason.map(Into::into),
        })
    }
}

//! PutObject: a data folder with a single part.

use std::sync::Arc;

use super::publish::WriteCondition;
use crate::store::{
    bucket_folder::Store,
    catalog::StoredObject,
    disk::{TempFile, now_ms, sync_folder},
    error::StoreError,
    fault::Step,
    names::PartFile,
};

impl Store {
    pub(crate) fn put_object(
        &self,
        key: &str,
        body: TempFile,
        tag: [u8; 16],
        len: u64,
        condition: &WriteCondition,
    ) -> Result<Arc<StoredObject>, StoreError> {
        body.file.sync_all()?;
        self.pass(Step::BodyWritten)?;
        let data = Arc::new(self.make_data_folder()?);
        let part = PartFile {
            n: 1,
            seq: self.next_seq(),
            tag,
            len,
        };
        let published = (|| {
            body.rename(&data.path.join(part.file_name()))?;
            self.pass(Step::PartRenamed)?;
            sync_folder(&data.path)?;
            sync_folder(&self.data_folder())?;
            self.pass(Step::PartDurable)?;
            let object = StoredObject {
                key: key.to_owned(),
                etag: part.etag(),
                size: len,
                modified_ms: now_ms(),
                multipart: false,
                parts: [part].into(),
                data: Arc::clone(&data),
            };
            self.publish(object, condition)
        })();
        if published.is_err() && !self.speaks_for(key, &data) {
            data.doom();
        }
        published
    }
}

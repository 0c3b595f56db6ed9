//! AbortMultipartUpload: without its `upload.json`, a data folder without manifest is an orphan.

use std::fs;

use crate::store::{
    bucket_folder::Store, catalog::lock, disk::sync_folder, error::StoreError, fault::Step, records::UploadRecord,
};

impl Store {
    pub(crate) fn abort_upload(&self, key: &str, id: &str) -> Result<(), StoreError> {
        let upload = self.upload(key, id)?;
        let mut state = lock(&upload.state);
        if state.closed {
            return Err(StoreError::NoSuchUpload);
        }
        fs::remove_file(upload.data.path.join(UploadRecord::FILE))?;
        state.closed = true;
        lock(&self.uploads).remove(&upload.data.id);
        drop(state);
        // From here the upload is gone for everybody; a part that is still arriving finds it closed.
        upload.data.doom();
        self.pass(Step::UploadAborted)?;
        sync_folder(&upload.data.path)?;
        Ok(())
    }
}

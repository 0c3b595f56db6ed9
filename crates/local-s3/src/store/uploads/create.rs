//! CreateMultipartUpload: a data folder with an `upload.json`.

use std::{collections::BTreeMap, fs, sync::Arc};

use crate::store::{
    bucket_folder::Store,
    catalog::{DataFolder, Upload, lock},
    disk::{now_ms, sync_folder},
    error::StoreError,
    fault::Step,
    names::DataId,
    records::UploadRecord,
};

impl Store {
    pub(crate) fn create_upload(&self, key: &str) -> Result<Arc<Upload>, StoreError> {
        let record = UploadRecord::new(key, now_ms());
        let json = serde_json::to_vec(&record).map_err(std::io::Error::from)?;
        let data = self.make_data_folder()?;
        let made = (|| {
            self.pass(Step::UploadFolderMade)?;
            self.temp_file_of(&json)?.rename(&data.path.join(UploadRecord::FILE))?;
            self.pass(Step::UploadRecorded)?;
            sync_folder(&data.path)?;
            sync_folder(&self.data_folder())
        })();
        if let Err(error) = made {
            data.doom();
            return Err(error.into());
        }
        let id = data.id;
        let upload = Arc::new(Upload::new(record.key, record.started_ms, data, BTreeMap::new()));
        lock(&self.uploads).insert(id, Arc::clone(&upload));
        Ok(upload)
    }

    pub(in crate::store) fn make_data_folder(&self) -> std::io::Result<DataFolder> {
        let id = DataId::make()?;
        let path = self.data_folder().join(id.to_string());
        fs::create_dir(&path)?;
        Ok(DataFolder::new(id, path))
    }

    /// The open upload of this id, if it is one for `key`.
    pub(crate) fn upload(&self, key: &str, id: &str) -> Result<Arc<Upload>, StoreError> {
        let id = DataId::parse(id).ok_or(StoreError::NoSuchUpload)?;
        lock(&self.uploads)
            .get(&id)
            .filter(|upload| upload.key == key)
            .cloned()
            .ok_or(StoreError::NoSuchUpload)
    }
}

//! The commit of an object: one manifest renamed into place.

use std::sync::Arc;

use crate::store::{
    bucket_folder::Store,
    catalog::{StoredObject, lock},
    disk::sync_folder,
    error::StoreError,
    fault::Step,
    records::{Manifest, current_version},
};

/// What must hold of the present object for a write to go ahead. ETags are without quotes.
#[derive(Clone, Debug, Default)]
pub(crate) enum WriteCondition {
    #[default]
    None,
    /// `If-None-Match: *`
    Absent,
    /// `If-Match: *`
    Present,
    /// `If-Match: "…"`
    Etag(String),
}

impl WriteCondition {
    pub(in crate::store) fn check(&self, present: Option<&Arc<StoredObject>>) -> Result<(), StoreError> {
        match (self, present) {
            (Self::None, _) | (Self::Absent, None) | (Self::Present, Some(_)) => Ok(()),
            (Self::Etag(etag), Some(object)) if *etag == object.etag => Ok(()),
            (Self::Etag(_) | Self::Present, None) => Err(StoreError::NoSuchKey),
            _ => Err(StoreError::ConditionFailed),
        }
    }
}

impl Store {
    /// Makes `object` what its key names. Its parts must be durable already. An object that it replaces is gone when
    /// its last reader is done.
    pub(in crate::store) fn publish(
        &self,
        object: StoredObject,
        condition: &WriteCondition,
    ) -> Result<Arc<StoredObject>, StoreError> {
        let manifest = Manifest {
            version: current_version(),
            key: object.key.clone(),
            etag: object.etag.clone(),
            modified_ms: object.modified_ms,
            data: object.data.id,
            multipart: object.multipart,
            parts: object.parts.to_vec(),
        };
        let json = serde_json::to_vec(&manifest).map_err(std::io::Error::from)?;
        let temp = self.temp_file_of(&json)?;
        self.pass(Step::ManifestWritten)?;
        let object = Arc::new(object);
        let replaced = {
            let mut objects = lock(&self.objects);
            condition.check(objects.get(&object.key))?;
            temp.rename(&self.manifest_path(&object.key))?;
            objects.insert(object.key.clone(), Arc::clone(&object))
        };
        self.pass(Step::ManifestRenamed)?;
        self.confirm(&object)?;
        self.pass(Step::ManifestDurable)?;
        if let Some(replaced) = replaced
            && !Arc::ptr_eq(&replaced.data, &object.data)
        {
            replaced.data.doom();
        }
        Ok(object)
    }

    /// Makes sure that the manifest survives a power cut. The writer or the first reader does it, so that no reader is shown an
    /// object that may be gone tomorrow, also if the writer's sync has failed.
    pub(crate) fn confirm(&self, object: &StoredObject) -> Result<(), StoreError> {
        if !object.data.is_durable() {
            self.pass(Step::ManifestSynced)?;
            sync_folder(&self.objects_folder())?;
            object.data.note_durable();
        }
        Ok(())
    }

    pub(crate) fn object(&self, key: &str) -> Result<Arc<StoredObject>, StoreError> {
        lock(&self.objects).get(key).cloned().ok_or(StoreError::NoSuchKey)
    }
}

//! DeleteObject: removes the manifest and, when no reader is left, the parts.

use std::{fs, io, sync::Arc};

use super::publish::WriteCondition;
use crate::store::{
    bucket_folder::Store,
    catalog::{DataFolder, lock},
    disk::sync_folder,
    error::StoreError,
    fault::Step,
};

impl Store {
    /// No error when there is nothing to delete and nothing was demanded of it.
    pub(crate) fn delete_object(&self, key: &str, condition: &WriteCondition) -> Result<(), StoreError> {
        let removed = {
            let mut objects = lock(&self.objects);
            condition.check(objects.get(key))?;
            if !objects.contains_key(key) {
                return Ok(());
            }
            match fs::remove_file(self.manifest_path(key)) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error.into()),
            }
            objects.remove(key)
        };
        self.pass(Step::ManifestRemoved)?;
        sync_folder(&self.objects_folder())?;
        self.pass(Step::DeleteDurable)?;
        if let Some(object) = removed {
            object.data.doom();
        }
        Ok(())
    }

    /// Whether the object that `key` names lives in `data`.
    pub(in crate::store) fn speaks_for(&self, key: &str, data: &Arc<DataFolder>) -> bool {
        lock(&self.objects)
            .get(key)
            .is_some_and(|object| Arc::ptr_eq(&object.data, data))
    }
}

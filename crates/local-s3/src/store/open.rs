//! Opening a bucket folder: the lock, the sweep, the index.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    bucket_folder::Store,
    catalog::{DataFolder, StoredObject, Upload, lock},
    disk::sync_folder,
    fault::Faults,
    names::{DataId, PartFile, manifest_name},
    records::{Manifest, UploadRecord},
};
use crate::error::Error;

impl Store {
    pub(crate) fn open(root: &Path, faults: Faults) -> Result<Self, Error> {
        let made = absent_folders(root);
        for folder in ["", "tmp", "data", "objects"] {
            make_private(&root.join(folder))?;
        }
        for parent in made.iter().filter_map(|folder| folder.parent()) {
            sync_folder(parent).map_err(Error::io(parent))?;
        }
        let store = Self {
            _lock: take_lock(root)?,
            root: root.to_owned(),
            objects: Mutex::default(),
            uploads: Mutex::default(),
            last_seq: AtomicU64::new(0),
            faults,
        };
        sync_folder(root).map_err(Error::io(root))?;
        let temp = store.temp_folder();
        sweep(&temp).map_err(Error::io(&temp))?;

        let (objects, all_read) = store.read_manifests()?;
        let mut uploads = HashMap::new();
        let data = store.data_folder();
        for name in entries(&data).map_err(Error::io(&data))? {
            let Some(id) = DataId::parse(&name) else { continue };
            let folder = DataFolder::new(id, data.join(&name));
            match objects.get(&id) {
                Some(object) => store.settle_object(object, &folder)?,
                None => store.settle_upload(folder, all_read, &mut uploads)?,
            }
        }
        tracing::info!(objects = objects.len(), uploads = uploads.len(), "bucket open");
        *lock(&store.objects) = objects
            .into_values()
            .map(|object| (object.key.clone(), object))
            .collect();
        *lock(&store.uploads) = uploads;
        Ok(store)
    }

    /// All objects by their data folder, and whether every manifest could be read.
    fn read_manifests(&self) -> Result<(HashMap<DataId, Arc<StoredObject>>, bool), Error> {
        let folder = self.objects_folder();
        let mut objects = HashMap::new();
        let mut all_read = true;
        // A process that died may have left renames that the disk does not have yet.
        sync_folder(&folder).map_err(Error::io(&folder))?;
        for name in entries(&folder).map_err(Error::io(&folder))? {
            let path = folder.join(&name);
            let manifest = match Manifest::read(&path) {
                Ok(manifest) if manifest_name(&manifest.key) == name => manifest,
                Ok(_) => {
                    all_read = false;
                    tracing::error!(path = %path.display(), "this manifest is for another key; the file is left alone");
                    continue;
                }
                Err(error) => {
                    all_read = false;
                    tracing::error!(path = %path.display(), %error, "this manifest cannot be read; the file is left alone");
                    continue;
                }
            };
            let data = DataFolder::new(manifest.data, self.data_folder().join(manifest.data.to_string()));
            data.note_durable();
            objects.insert(
                manifest.data,
                Arc::new(StoredObject {
                    key: manifest.key,
                    etag: manifest.etag,
                    size: manifest.parts.iter().map(|part| part.len).sum(),
                    modified_ms: manifest.modified_ms,
                    multipart: manifest.multipart,
                    parts: manifest.parts.into(),
                    data: Arc::new(data),
                }),
            );
        }
        Ok((objects, all_read))
    }

    /// Removes what Complete had no time to: parts that the list left out, attempts that were replaced, the record.
    fn settle_object(&self, object: &StoredObject, folder: &DataFolder) -> Result<(), Error> {
        let mut missing: HashSet<_> = object.parts.iter().map(PartFile::file_name).collect();
        let mut removed = false;
        for name in entries(&folder.path).map_err(Error::io(&folder.path))? {
            if !missing.remove(&name) {
                let path = folder.path.join(&name);
                fs::remove_file(&path).map_err(Error::io(&path))?;
                removed = true;
            }
        }
        for part in &object.parts {
            self.last_seq.fetch_max(part.seq, Ordering::Relaxed);
        }
        if !missing.is_empty() {
            tracing::error!(object = %folder.id, parts = missing.len(), "part files of an object are missing");
        }
        if removed {
            sync_folder(&folder.path).map_err(Error::io(&folder.path))?;
        }
        Ok(())
    }

    /// Keeps an open upload and deletes an orphan, but not while a manifest cannot be read: that may refer to it.
    fn settle_upload(
        &self,
        folder: DataFolder,
        may_delete: bool,
        uploads: &mut HashMap<DataId, Arc<Upload>>,
    ) -> Result<(), Error> {
        let record = match UploadRecord::read(&folder.path.join(UploadRecord::FILE)) {
            Ok(record) => record,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if may_delete {
                    folder.doom();
                }
                return Ok(());
            }
            Err(error) => {
                tracing::error!(upload = %folder.id, %error, "this upload cannot be read; it is left alone");
                return Ok(());
            }
        };
        let mut parts: BTreeMap<u16, PartFile> = BTreeMap::new();
        for name in entries(&folder.path).map_err(Error::io(&folder.path))? {
            let Some(part) = PartFile::parse(&name) else { continue };
            self.last_seq.fetch_max(part.seq, Ordering::Relaxed);
            let older = match parts.get(&part.n) {
                Some(other) if other.seq > part.seq => Some(part),
                _ => parts.insert(part.n, part),
            };
            if let Some(older) = older {
                let path = folder.path.join(older.file_name());
                fs::remove_file(&path).map_err(Error::io(&path))?;
            }
        }
        uploads.insert(
            folder.id,
            Arc::new(Upload::new(record.key, record.started_ms, folder, parts)),
        );
        Ok(())
    }
}

/// The root and those above it that are not there yet. Making them is durable only once their parents are synced.
fn absent_folders(root: &Path) -> Vec<PathBuf> {
    let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
    root.ancestors()
        .take_while(|folder| !folder.exists())
        .map(Path::to_owned)
        .collect()
}

fn take_lock(root: &Path) -> Result<File, Error> {
    let path = root.join("lock");
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(Error::io(&path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Error::Locked(root.to_owned())),
        Err(TryLockError::Error(error)) => Err(Error::io(path)(error)),
    }
}

fn make_private(folder: &Path) -> Result<(), Error> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(Error::io(folder))
}

fn sweep(folder: &Path) -> io::Result<()> {
    for name in entries(folder)? {
        fs::remove_file(folder.join(name))?;
    }
    Ok(())
}

/// File names in a folder of ours; what is not UTF-8 is not ours.
fn entries(folder: &Path) -> io::Result<Vec<String>> {
    fs::read_dir(folder)?
        .filter_map(|entry| entry.map(|entry| entry.file_name().into_string().ok()).transpose())
        .collect()
}

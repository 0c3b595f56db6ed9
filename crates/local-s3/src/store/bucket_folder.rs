//! The store's state: the folder, the index of what it holds, the lock.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    path::PathBuf,
    sync::{Arc, Mutex, atomic::AtomicU64},
};

use super::{
    catalog::{StoredObject, Upload},
    fault::Faults,
    names::DataId,
};

/// One bucket folder, locked by this process.
#[derive(Debug)]
pub(crate) struct Store {
    pub(super) root: PathBuf,
    pub(super) objects: Mutex<BTreeMap<String, Arc<StoredObject>>>,
    pub(super) uploads: Mutex<HashMap<DataId, Arc<Upload>>>,
    /// Orders the attempts at a part, across restarts: time, but never twice the same.
    pub(super) last_seq: AtomicU64,
    pub(super) faults: Faults,
    /// Released by the system when the process ends, however it ends.
    pub(super) _lock: File,
}

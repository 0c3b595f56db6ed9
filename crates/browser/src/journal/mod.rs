//! Unfinished uploads and, in `downloads`, downloads in this browser: IndexedDB holds the lines, a key that no script can
//! read seals what is secret in them, and a Web Lock says which tab goes on with one.
//!
//! Where one of the three is missing (plain http, private windows of some engines) nothing is kept, and a transfer lives as
//! long as its page.

mod claims;
mod database;
mod device_key;
mod downloads;
mod lock;
mod notes;
mod sent_links;
mod tab_link;

use std::cell::{Cell, RefCell};

use futures::future::join;
use js_sys::Array;
use sealdrop_transfer::{DeviceFault, Journal, TransferError, Unfinished};

pub(crate) use self::{
    claims::KeptClaim,
    database::DATABASE,
    downloads::{DownloadJournal, KeptDownload, all_downloads, forget_download, hold_download},
    lock::{WebLock, hold},
    notes::{Chosen, Note},
    sent_links::SentLinkStore,
    tab_link::{keep_in_tab, kept_in_tab},
};
use self::{
    database::{Database, Listed},
    device_key::DeviceKey,
};

/// One unfinished upload, owned by this tab.
pub(crate) struct TabJournal {
    id: String,
    kept: Option<Kept>,
}

struct Kept {
    database: Database,
    key: DeviceKey,
    next: Cell<u32>,
    /// What is still to be written with the first line: when it was begun, and what finds its files again.
    first: RefCell<Option<(f64, Array)>>,
    /// Of files that were chosen to go on with: kept once they are accepted.
    chosen: Option<Array>,
    /// Let go when the journal is.
    _held: WebLock,
}

impl TabJournal {
    /// Keeps nothing.
    pub(crate) const fn none() -> Self {
        Self {
            id: String::new(),
            kept: None,
        }
    }

    /// A new one, with what finds its files again; keeps nothing where nothing can be kept. Nothing is written before the
    /// first line is.
    pub(crate) async fn begin(handles: Array) -> Self {
        Self::try_begin(handles).await.unwrap_or_else(Self::none)
    }

    async fn try_begin(handles: Array) -> Option<Self> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).ok()?;
        let id: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let lock = lock_name(&id);
        let opening = async {
            let database = Database::open().await;
            match database {
                Some(database) => {
                    let key = device_key::of_this_browser(&database).await;
                    key.map(|key| (database, key))
                }
                None => None,
            }
        };
        let (held, opened) = join(lock::hold(&lock), opening).await;
        let (database, key) = opened?;
        let kept = Kept {
            database,
            key,
            next: Cell::new(0),
            first: RefCell::new(Some((js_sys::Date::now(), handles))),
            chosen: None,
            _held: held?,
        };
        Some(Self { id, kept: Some(kept) })
    }

    /// One that an earlier page left, with its lines. `None` if another tab has it, or it is gone.
    pub(crate) async fn take_up(id: &str) -> Option<(Self, Vec<String>)> {
        let held = lock::hold(&lock_name(id)).await?;
        let database = Database::open().await?;
        let key = device_key::of_this_browser(&database).await?;
        let lines = database.lines(id).await.ok()?;
        let first = lines.is_empty().then(|| (js_sys::Date::now(), Array::new()));
        let kept = Kept {
            database,
            key,
            next: Cell::new(u32::try_from(lines.len()).ok()?),
            first: RefCell::new(first),
            chosen: None,
            _held: held,
        };
        let journal = Self {
            id: id.to_owned(),
            kept: Some(kept),
        };
        Some((journal, lines))
    }

    /// What one says that another tab goes on with, as far as it is written down at this moment.
    pub(crate) async fn peek(id: &str) -> Option<Unfinished> {
        let database = Database::open().await?;
        let key = device_key::of_this_browser(&database).await?;
        let lines = database.lines(id).await.ok()?;
        Unfinished::read(&key, &lines).await.ok().flatten()
    }

    /// What finds the files again that were chosen now, to be kept in place of what was kept before once they are accepted.
    pub(crate) fn chosen(&mut self, handles: Array) {
        if let Some(kept) = &mut self.kept {
            kept.chosen = Some(handles);
        }
    }

    /// Its name, if anything is kept.
    pub(crate) fn id(&self) -> Option<&str> {
        self.kept.as_ref().map(|_| self.id.as_str())
    }
}

/// Everything that was left here, newest first.
pub(crate) async fn all() -> Vec<Listed> {
    let Some(database) = Database::open().await else {
        return Vec::new();
    };
    let mut all = database.uploads().await.unwrap_or_default();
    all.sort_by(|a, b| b.begun_ms.total_cmp(&a.begun_ms));
    all
}

/// What finds the files of one again.
pub(crate) async fn handles(id: &str) -> Option<Array> {
    Database::open().await?.handles(id).await.ok()
}

fn lock_name(id: &str) -> String {
    format!("sealdrop-upload-{id}")
}

impl Journal for TabJournal {
    type Key = DeviceKey;

    fn key(&self) -> Option<&DeviceKey> {
        self.kept.as_ref().map(|kept| &kept.key)
    }

    async fn append(&self, line: &str) -> Result<(), TransferError> {
        self.append_all(&[line.to_owned()]).await
    }

    async fn append_all(&self, lines: &[String]) -> Result<(), TransferError> {
        let Some(kept) = &self.kept else { return Ok(()) };
        let at = kept.next.get();
        kept.next.set(at + lines.len() as u32);
        let first = kept.first.take();
        let first = first.as_ref().map(|(begun_ms, handles)| (*begun_ms, handles));
        kept.database
            .append(&self.id, at, lines, first)
            .await
            .map_err(|_| TransferError::device(DeviceFault::Journal, ""))
    }

    async fn accepted(&self) {
        if let Some(kept) = &self.kept
            && let Some(chosen) = &kept.chosen
        {
            // Nothing depends on it: without, they are chosen again.
            let _ = kept.database.keep_handles(&self.id, chosen).await;
        }
    }

    async fn remove(&self) {
        if let Some(kept) = &self.kept {
            // What stays is offered again, and leads to objects that the server no longer has.
            let _ = kept.database.remove(&self.id).await;
        }
    }
}

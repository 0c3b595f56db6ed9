//! Unfinished downloads in this browser, one for each link: which steps are in the private file system, what the bytes there
//! are, and the handle of the place they are for.
//!
//! What opens the link is never here: a resumed download opens the link again. Everything else is sealed under the device's
//! key, except the link's id, a random name and two times, which the cleanup has to read.

use std::cell::Cell;

use base64ct::{Base64UrlUnpadded, Encoding};
use sealdrop_api::LinkId;
use sealdrop_crypto::{BlobContext, open_blob, seal_blob};
use wasm_bindgen::JsValue;

use super::{
    database::Database,
    device_key::{self, DeviceKey},
    lock::{self, WebLock},
    notes::{Chosen, Note, decode, encode},
};

/// Milliseconds after which an unfinished download is removed. The server keeps the place of a claim for a day; after
/// that a new claim is taken for the same bytes.
const KEPT_FOR: f64 = 3.0 * 86_400_000.0;
/// Notes of one line: a sealed blob holds 64 KiB.
const NOTES: usize = 200;

/// What is known of an unfinished download before its lines are opened.
struct About {
    /// In milliseconds since 1970 UTC.
    begun_ms: u64,
    /// Nothing is gone on with after this.
    until_ms: u64,
    /// What its files in the private file system are called.
    store: String,
    /// [`Chosen`], sealed.
    chosen: String,
}

impl About {
    fn read(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        Some(Self {
            begun_ms: words.next()?.parse().ok()?,
            until_ms: words.next()?.parse().ok()?,
            store: words.next()?.to_owned(),
            chosen: words.next()?.to_owned(),
        })
    }

    fn is_over(&self) -> bool {
        js_sys::Date::now() > self.until_ms as f64
    }
}

/// An unfinished download, as it was kept.
pub(crate) struct KeptDownload {
    pub(crate) begun_ms: f64,
    pub(crate) store: String,
    pub(crate) chosen: Chosen,
    pub(crate) notes: Vec<Note>,
    /// The handle of its place.
    pub(crate) place: Option<JsValue>,
}

/// One unfinished download, owned by this tab.
pub(crate) struct DownloadJournal {
    link: LinkId,
    database: Database,
    key: DeviceKey,
    next: Cell<u32>,
}

impl DownloadJournal {
    /// A new one, in place of what was there. The caller holds the lock. `None` where nothing can be kept.
    pub(crate) async fn begin(
        link: LinkId,
        store: &str,
        ends_at_ms: f64,
        chosen: &Chosen,
        place: Option<&JsValue>,
    ) -> Option<Self> {
        let database = Database::open().await?;
        let key = device_key::of_this_browser(&database).await?;
        let begun_ms = js_sys::Date::now();
        let until_ms = ends_at_ms.min(begun_ms + KEPT_FOR);
        let sealed = seal(&key, link, &chosen.encode()).await?;
        let about = format!("{} {} {store} {sealed}", begun_ms as u64, until_ms as u64);
        database.begin_download(&link.to_string(), &about, place).await.ok()?;
        Some(Self {
            link,
            database,
            key,
            next: Cell::new(0),
        })
    }

    /// One that an earlier page left. The caller holds the lock.
    pub(crate) async fn take_up(link: LinkId) -> Option<(Self, KeptDownload)> {
        let database = Database::open().await?;
        let key = device_key::of_this_browser(&database).await?;
        let (kept, lines) = read(&database, &key, link).await?;
        let journal = Self {
            link,
            database,
            key,
            next: Cell::new(lines),
        };
        Some((journal, kept))
    }

    /// What an earlier page left, or another tab has written down up to this moment.
    pub(crate) async fn look(link: LinkId) -> Option<KeptDownload> {
        let database = Database::open().await?;
        let key = device_key::of_this_browser(&database).await?;
        Some(read(&database, &key, link).await?.0)
    }

    /// Adds notes; when this resolves, all of them survive a crash, or none is there.
    pub(crate) async fn append(&self, notes: &[Note]) -> Option<()> {
        let mut lines = Vec::new();
        for notes in notes.chunks(NOTES) {
            lines.push(seal(&self.key, self.link, &encode(notes)).await?);
        }
        let at = self.next.get();
        let added = self.database.append(&self.link.to_string(), at, &lines, None).await;
        added.ok()?;
        self.next.set(at + lines.len() as u32);
        Some(())
    }

    /// It is over.
    pub(crate) async fn remove(&self) {
        // An entry that stays is found to be stale when it is resumed.
        let _ = self.database.remove(&self.link.to_string()).await;
    }
}

/// Removes what is written down of a link's download. The caller holds the lock.
pub(crate) async fn forget_download(link: &str) {
    if let Some(database) = Database::open().await {
        // The sweep tries again.
        let _ = database.remove(link).await;
    }
}

/// Every download that is written down: its link, what its files are called, and whether its time is over. `None` if the
/// database cannot be read.
pub(crate) async fn all_downloads() -> Option<Vec<(String, String, bool)>> {
    let all = Database::open().await?.downloads().await.ok()?;
    let told = |(link, about): (String, String)| {
        // What cannot be read at all leads nowhere.
        let about = About::read(&about);
        let is_over = about.as_ref().is_none_or(About::is_over);
        (link, about.map(|about| about.store).unwrap_or_default(), is_over)
    };
    Some(all.into_iter().map(told).collect())
}

/// Takes a link's unfinished download for this tab, if no other has it.
pub(crate) async fn hold_download(link: &str) -> Option<WebLock> {
    lock::hold(&format!("sealdrop-download-of-{link}")).await
}

/// Lines that do not open end the story where they are.
async fn read(database: &Database, key: &DeviceKey, link: LinkId) -> Option<(KeptDownload, u32)> {
    let id = link.to_string();
    let about = database.download(&id).await.ok()??;
    let about = About::read(&about).filter(|about| !about.is_over())?;
    let chosen = Chosen::decode(&open(key, link, &about.chosen).await?)?;
    let lines = database.lines(&id).await.ok()?;
    let mut notes = Vec::new();
    for line in &lines {
        let opened = open(key, link, line).await;
        let Some(more) = opened.and_then(|text| decode(&text)) else {
            break;
        };
        notes.extend(more);
    }
    let place = match chosen.folder {
        Some(_) => Some(database.handles(&id).await.ok()?.get(0)),
        None => None,
    };
    let kept = KeptDownload {
        begun_ms: about.begun_ms as f64,
        store: about.store,
        chosen,
        notes,
        place,
    };
    Some((kept, u32::try_from(lines.len()).ok()?))
}

/// In the place of its link: ids are random, so no other link has it.
pub(super) async fn seal(key: &DeviceKey, link: LinkId, text: &[u8]) -> Option<String> {
    let sealed = seal_blob(key, &context(&link), text).await.ok()?;
    Some(Base64UrlUnpadded::encode_string(&sealed))
}

pub(super) async fn open(key: &DeviceKey, link: LinkId, sealed: &str) -> Option<Vec<u8>> {
    let sealed = Base64UrlUnpadded::decode_vec(sealed).ok()?;
    let text = open_blob(key, &context(&link), &sealed).await.ok()?;
    Some(text.to_vec())
}

const fn context(link: &LinkId) -> BlobContext<'_> {
    BlobContext::UploadSession {
        account: None,
        object_id: link.as_bytes(),
    }
}

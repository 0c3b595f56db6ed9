//! Uploads that an earlier page left unfinished.

use sealdrop_transfer::{Journal, TransferError, Unfinished, UnfinishedSummary};

use crate::facade::{failure::Failure, link::address::origin, stored::may_have_stored};
use crate::{
    journal::{self, TabJournal},
    platform::BrowserPlatform,
    split::{NotLoaded, split_point},
};

/// An upload that can go on with the same files.
#[derive(Clone, Debug, PartialEq)]
pub struct UnfinishedUpload {
    /// Names it in this browser.
    pub id: String,
    /// What the whole is called.
    pub name: String,
    /// The name that the sender gave it, if any.
    pub title: Option<String>,
    /// How many files.
    pub files: usize,
    /// Their plain bytes.
    pub plain_bytes: u64,
    /// Plain bytes that the storage took.
    pub sent_bytes: u64,
    /// When it was begun, in milliseconds since 1970 UTC.
    pub begun_ms: f64,
    /// The sender's words.
    pub note: String,
    /// Seconds until the link ends, as chosen.
    pub expires_in: Option<u64>,
    /// Downloads until the link ends, as chosen.
    pub max_downloads: Option<u32>,
    /// Whether a password was set; it was not kept.
    pub has_password: bool,
    /// Whether [`picked_from_stored`](crate::facade::picked_from_stored) may find its files.
    pub stored: bool,
    /// Whether another tab goes on with it at this moment.
    pub in_use: bool,
}

/// Everything that was begun here and is not at its end, newest first. What leads nowhere is removed.
pub async fn unfinished_uploads() -> Vec<UnfinishedUpload> {
    // A browser that has stored nothing loads nothing for this.
    if !may_have_stored().await {
        return Vec::new();
    }
    list_unfinished().await.unwrap_or_default()
}

split_point!(sending: list_unfinished() -> Result<Vec<UnfinishedUpload>, NotLoaded> = async { Ok(all().await) });

async fn all() -> Vec<UnfinishedUpload> {
    let here = origin();
    let mut found = Vec::new();
    for listed in journal::all().await {
        let taken = TabJournal::take_up(&listed.id).await;
        let in_use = taken.is_none();
        let read = match &taken {
            Some((journal, lines)) => read(journal, lines).await,
            None => Ok(TabJournal::peek(&listed.id).await),
        };
        let unfinished = match (read, &taken) {
            (Ok(Some(unfinished)), _) => unfinished,
            (Ok(None), Some((journal, _))) => {
                journal.remove().await;
                continue;
            }
            // What cannot be read at this moment, or by this version, may be read by another.
            (Ok(None), None) | (Err(_), _) => continue,
        };
        let summary: UnfinishedSummary = unfinished.summary().clone();
        if summary.origin != here {
            continue;
        }
        found.push(UnfinishedUpload {
            id: listed.id,
            sent_bytes: unfinished.sent_bytes(),
            begun_ms: listed.begun_ms,
            name: summary.name,
            title: summary.title,
            files: summary.files,
            plain_bytes: summary.plain_bytes,
            note: summary.note,
            expires_in: summary.expires_in,
            max_downloads: summary.max_downloads,
            has_password: summary.has_password,
            stored: listed.stored,
            in_use,
        });
    }
    found
}

/// Removes an unfinished upload, on the server first. One that another tab goes on with is left alone.
///
/// # Errors
/// [`FailureKind::ServerAway`](crate::facade::FailureKind::ServerAway): it is still there then.
pub async fn discard_upload(id: String) -> Result<(), Failure> {
    discard(id).await
}

split_point!(sending: discard(id: String) -> Result<(), Failure> = give_up(id));

async fn give_up(id: String) -> Result<(), Failure> {
    let Some((journal, lines)) = TabJournal::take_up(&id).await else {
        return Ok(());
    };
    if let Ok(Some(unfinished)) = read(&journal, &lines).await {
        sealdrop_transfer::discard_upload(&BrowserPlatform::new(), &unfinished).await?;
    }
    journal.remove().await;
    Ok(())
}

/// What lines say; nothing if this browser's key does not open them.
pub(super) async fn read(journal: &TabJournal, lines: &[String]) -> Result<Option<Unfinished>, TransferError> {
    let Some(key) = journal.key() else { return Ok(None) };
    Unfinished::read(key, lines).await
}

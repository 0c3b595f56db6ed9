//! Uploads that an earlier page left unfinished.

use sealdrop_model::{Failure, UnfinishedUpload};
use sealdrop_transfer::{Journal, TransferError, Unfinished};

use crate::facade::{link::address::origin, stored::may_have_stored};
use crate::{
    journal::{self, TabJournal},
    platform::BrowserPlatform,
    split::{NotLoaded, split_point},
};

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
        let summary = unfinished.summary().clone();
        if summary.origin != here {
            continue;
        }
        found.push(UnfinishedUpload {
            id: listed.id,
            sent_bytes: unfinished.sent_bytes(),
            begun_ms: listed.begun_ms,
            summary,
            stored: listed.stored,
            in_use,
        });
    }
    found
}

/// Removes an unfinished upload, on the server first. One that another tab goes on with is left alone.
///
/// # Errors
/// `ServerAway`: it is still there then.
pub async fn discard_upload(id: String) -> Result<(), Failure> {
    discard(id).await?
}

split_point!(sending: discard(id: String) -> Result<Result<(), Failure>, NotLoaded> = async move { Ok(give_up(id).await) });

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

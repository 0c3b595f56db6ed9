//! Removes abandoned files from the origin private file system.

use crate::journal::{self, WebLock};
use crate::sinks::opfs::files;

/// Milliseconds that a file stays though its page is gone: a browser may still be copying it.
const STAYS: f64 = 15.0 * 60_000.0;

/// A name for the files of one download, and the lock that keeps them from being swept while its page lives.
pub(in crate::sinks) async fn new_store() -> (String, Option<WebLock>) {
    let store = format!("{:016x}", js_sys::Math::random().to_bits());
    let held = hold(&store).await;
    (store, held)
}

/// Removes files that were left behind, and what is written down of downloads whose time is over. What another tab is at
/// stays, and what a later page may go on with.
pub(crate) async fn sweep() {
    // Nothing to be read, nothing to be swept.
    let Ok(files) = files::all().await else { return };
    let mut kept = Vec::new();
    // If the database cannot be read, every download may still be resumed.
    let Some(downloads) = journal::all_downloads().await else {
        return;
    };
    for (link, store, is_over) in downloads {
        if is_over && let Some(_held) = journal::hold_download(&link).await {
            journal::forget_download(&link).await;
        } else {
            kept.push(store);
        }
    }
    let now = js_sys::Date::now();
    let left = files.iter().filter(|file| now - file.changed_ms > STAYS);
    let mut seen = Vec::new();
    for store in left.filter_map(|file| store_of(&file.name)) {
        if seen.contains(&store) || kept.iter().any(|one| one == store) {
            continue;
        }
        seen.push(store);
        let Some(_held) = hold(store).await else { continue };
        remove_store(store).await;
    }
}

/// Removes every file of one download.
pub(crate) async fn remove_store(store: &str) {
    for file in files::all().await.unwrap_or_default() {
        if store_of(&file.name) == Some(store) {
            // The sweep tries again.
            let _ = files::remove(&file.name).await;
        }
    }
}

pub(in crate::sinks) async fn hold(store: &str) -> Option<WebLock> {
    journal::hold(&format!("sealdrop-download-{store}")).await
}

/// `STORE.NUMBER`.
fn store_of(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(store, _)| store)
}

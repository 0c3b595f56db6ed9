//! Clears the private file system of what nobody comes back to.

use std::collections::BTreeSet;

use super::disk;
use crate::journal::{self, Held};

/// Milliseconds that a file stays though its page is gone: a browser may still be copying it.
const STAYS: f64 = 15.0 * 60_000.0;

/// A name for the files of one download, and the lock that keeps them from being swept while its page lives.
pub(super) async fn new_store() -> (String, Option<Held>) {
    let store = format!("{:016x}", js_sys::Math::random().to_bits());
    let held = hold(&store).await;
    (store, held)
}

/// Removes files that were left behind. What another tab is at stays.
pub(crate) async fn sweep() {
    // Nothing to be read, nothing to be swept.
    let files = disk::all().await.unwrap_or_default();
    let now = js_sys::Date::now();
    let left = files.iter().filter(|(_, changed)| now - changed > STAYS);
    let stores: BTreeSet<&str> = left.filter_map(|(name, _)| store_of(name)).collect();
    for store in stores {
        let Some(_held) = hold(store).await else { continue };
        for (name, _) in files.iter().filter(|(name, _)| store_of(name) == Some(store)) {
            // It is tried again next time.
            let _ = disk::remove(name).await;
        }
    }
}

async fn hold(store: &str) -> Option<Held> {
    journal::hold(&format!("sealdrop-download-{store}")).await
}

/// `STORE.NUMBER`.
fn store_of(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(store, _)| store)
}

//! The places on links that downloads of this browser have, whatever takes their bytes: who comes back finds the own one again
//! instead of waiting until it is free. Sealed under the device's key, but for the link's id and a time.

use std::cell::Cell;

use futures::{
    FutureExt,
    future::{Either, select},
    lock::Mutex,
    pin_mut,
};
use gloo_timers::future::TimeoutFuture;
use sealdrop_api::{ClaimId, LinkId, limits::CLAIM_RESUME_IN};

use super::{
    database::Database,
    device_key::{self, DeviceKey},
    downloads::{open, seal},
    lock::{self, WebLock},
};

/// Milliseconds for which a download waits until it is known where it stands. A browser that refuses its storage takes longer.
const KNOWN_WITHIN: u32 = 2_000;

/// The place of one link's download, owned by this tab.
pub(crate) struct KeptClaim {
    link: LinkId,
    database: Database,
    key: DeviceKey,
    before: Cell<Option<ClaimId>>,
    /// Writes keep their order.
    writing: Mutex<()>,
    _held: WebLock,
}

impl KeptClaim {
    /// Finds the place that an earlier page had. `None` if another tab has it, or nothing can be kept.
    pub(crate) async fn take_up(link: LinkId) -> Option<Self> {
        let (found, patience) = (Self::find(link).fuse(), TimeoutFuture::new(KNOWN_WITHIN).fuse());
        pin_mut!(found, patience);
        match select(found, patience).await {
            Either::Left((found, _)) => found,
            Either::Right(_) => None,
        }
    }

    async fn find(link: LinkId) -> Option<Self> {
        let held = lock::hold(&format!("sealdrop-place-of-{link}")).await?;
        let database = Database::open().await?;
        let key = device_key::of_this_browser(&database).await?;
        let mut before = None;
        for (of, text) in database.places().await.ok()? {
            let place = read(&text).filter(|(until_ms, _)| js_sys::Date::now() < *until_ms);
            match place {
                Some((_, sealed)) if of == link.to_string() => {
                    before = open(&key, link, sealed)
                        .await
                        .and_then(|id| id.try_into().ok())
                        .map(ClaimId);
                }
                Some(_) => {}
                // The next one tries again.
                None => drop(database.forget_place(&of).await),
            }
        }
        Some(Self {
            link,
            database,
            key,
            before: Cell::new(before),
            writing: Mutex::new(()),
            _held: held,
        })
    }

    /// What an earlier page had.
    pub(crate) const fn before(&self) -> Option<ClaimId> {
        self.before.get()
    }

    /// Keeps the place, or removes it. Nothing depends on it: without, another place is taken.
    pub(crate) async fn keep(&self, place: Option<ClaimId>) {
        let _turn = self.writing.lock().await;
        let link = self.link.to_string();
        let _ = match place {
            Some(claim_id) => {
                let Some(sealed) = seal(&self.key, self.link, &claim_id.0).await else {
                    return;
                };
                let until_ms = js_sys::Date::now() as u64 + CLAIM_RESUME_IN * 1000;
                self.database.keep_place(&link, &format!("{until_ms} {sealed}")).await
            }
            None => self.database.forget_place(&link).await,
        };
    }
}

/// A time and a sealed claim.
fn read(text: &str) -> Option<(f64, &str)> {
    let (until_ms, sealed) = text.split_once(' ')?;
    Some((until_ms.parse().ok()?, sealed))
}

//! A file that becomes whole in the private file system, and leaves it only then, as a download of the browser's own.

use std::rc::Rc;

use js_sys::Uint8Array;
use sealdrop_transfer::TransferError;
use web_sys::File;

use super::{
    disk::{self, Disk},
    gathered::save_by_anchor,
    place::fault,
    refused,
};
use crate::journal::Held;

/// Milliseconds that a file stays after it was given to the browser, which copies it but does not say when it has.
const STAYS: u32 = 60_000;
/// Bytes a millisecond that the slowest disk takes.
const SLOWEST: u64 = 2_000;

/// A file in the private file system.
pub(super) struct Staged {
    disk: Disk,
    /// What it is called there.
    name: String,
    path: String,
    len: u64,
    at: u64,
    /// Nobody sweeps it as long as this lives.
    held: Rc<Option<Held>>,
}

impl Staged {
    pub(super) async fn open(
        disk: Disk,
        name: String,
        path: &str,
        len: u64,
        held: Rc<Option<Held>>,
    ) -> Result<Self, TransferError> {
        disk.open(&name).await.map_err(|error| fault(path, &error))?;
        let staged = Self {
            disk,
            name,
            path: path.to_owned(),
            len,
            at: 0,
            held,
        };
        staged.close_if_whole().await?;
        Ok(staged)
    }

    pub(super) async fn write(&mut self, views: Vec<Uint8Array>) -> Result<(), TransferError> {
        self.at += views.iter().map(|view| u64::from(view.length())).sum::<u64>();
        self.disk
            .write(&self.name, views)
            .await
            .map_err(|error| fault(&self.path, &error))?;
        self.close_if_whole().await
    }

    /// Files of a pack wait for each other, and there may be thousands: none stays open.
    async fn close_if_whole(&self) -> Result<(), TransferError> {
        if self.at < self.len {
            return Ok(());
        }
        let closed = self.disk.close(&self.name).await;
        closed.map_err(|error| fault(&self.path, &error))
    }

    /// Gives it to the browser under a name.
    pub(super) async fn save(self, name: &str) -> Result<(), TransferError> {
        let file = self.whole().await?;
        save_by_anchor(&file, name).ok_or_else(|| refused(&self.path, "the browser refused it"))?;
        let stays = u32::try_from(self.len / SLOWEST).unwrap_or(u32::MAX >> 2);
        let (staged, held) = (self.name, self.held);
        gloo_timers::callback::Timeout::new(STAYS + stays, move || {
            wasm_bindgen_futures::spawn_local(async move {
                // What stays is swept later.
                let _ = disk::remove(&staged).await;
                drop(held);
            });
        })
        .forget();
        Ok(())
    }

    async fn whole(&self) -> Result<File, TransferError> {
        let file = disk::file(&self.name).await;
        let file = file.map_err(|error| fault(&self.path, &error))?;
        if file.size() as u64 == self.len {
            Ok(file)
        } else {
            Err(TransferError::NotWhatWasSealed)
        }
    }

    pub(super) async fn abort(self) {
        // What stays is swept later.
        let _ = self.disk.remove(&self.name).await;
    }
}

//! A file that becomes whole in the private file system, and leaves it only then: for the place that the person chose, or as
//! a download of the browser's own.

use std::rc::Rc;

use js_sys::Uint8Array;
use sealdrop_transfer::{SinkFile, TransferError};
use web_sys::File;

use crate::journal::WebLock;
use crate::sinks::failure::refused;
use crate::sinks::{
    blob_sink::save_by_anchor,
    opfs::{
        checkpoint_writer::CheckpointWriter,
        files::{self, Disk},
    },
    picked_location::{PickedLocation, Written, fault},
};

/// Milliseconds that a file stays after it was given to the browser, which copies it but does not say when it has.
const STAYS: u32 = 60_000;
/// Bytes a millisecond that the slowest disk takes.
const SLOWEST: u64 = 2_000;

/// A file in the private file system.
pub(in crate::sinks) struct OpfsSink {
    disk: Disk,
    /// What it is called there.
    name: String,
    file: SinkFile,
    at: u64,
    /// Hears of every byte that a later page can go on behind.
    checkpoint_writer: Option<Rc<CheckpointWriter>>,
    /// Keeps the cleanup of another tab from removing it.
    held: Rc<Option<WebLock>>,
}

impl OpfsSink {
    pub(in crate::sinks) async fn open(
        disk: Disk,
        name: String,
        file: &SinkFile,
        checkpoint_writer: Option<Rc<CheckpointWriter>>,
        held: Rc<Option<WebLock>>,
    ) -> Result<Self, TransferError> {
        let opened = disk.open(&name, file.offset).await;
        opened.map_err(|error| match file.offset {
            0 => fault(&file.path, &error),
            // It was there a moment ago.
            _ => TransferError::StartOver,
        })?;
        let staged = Self {
            disk,
            name,
            file: file.clone(),
            at: file.offset,
            checkpoint_writer,
            held,
        };
        staged.close_if_whole().await?;
        Ok(staged)
    }

    pub(in crate::sinks) async fn write(&mut self, views: Vec<Uint8Array>) -> Result<(), TransferError> {
        let len = views.iter().map(|view| u64::from(view.length())).sum::<u64>();
        let written = self
            .disk
            .write(&self.name, views, self.checkpoint_writer.is_some())
            .await;
        let sum = written.map_err(|error| fault(&self.file.path, &error))?;
        self.at += len;
        if let Some(checkpoint_writer) = &self.checkpoint_writer {
            let sum = sum.try_into().map_err(|_| refused(&self.file.path, "no sum came"))?;
            checkpoint_writer.wrote(self.file.index, len, sum);
        }
        self.close_if_whole().await
    }

    /// Files of a pack wait for each other, and there may be thousands: none stays open.
    async fn close_if_whole(&self) -> Result<(), TransferError> {
        if self.at < self.file.len {
            return Ok(());
        }
        let closed = self.disk.close(&self.name).await;
        closed.map_err(|error| fault(&self.file.path, &error))
    }

    /// Copies it to its place; what lies here goes when that is written down.
    pub(in crate::sinks) async fn put(self, place: &PickedLocation, named: Option<&str>) -> Result<(), TransferError> {
        let file = self.whole().await?;
        let checkpoint_writer = self.checkpoint_writer.as_deref();
        let tell = async |name: &str| {
            if let Some(checkpoint_writer) = checkpoint_writer {
                checkpoint_writer.named(self.file.index, name).await;
            }
        };
        let handle = place.file(&self.file, named, tell).await?;
        let written = Written::open(&self.file.path, self.file.len, handle).await?;
        written.copy(&file).await
    }

    /// Gives it to the browser under a name.
    pub(in crate::sinks) async fn save(self, name: &str) -> Result<(), TransferError> {
        let file = self.whole().await?;
        save_by_anchor(&file, name).ok_or_else(|| refused(&self.file.path, "the browser refused it"))?;
        let stays = u32::try_from(self.file.len / SLOWEST).unwrap_or(u32::MAX >> 2);
        let (staged, held) = (self.name, self.held);
        gloo_timers::callback::Timeout::new(STAYS + stays, move || {
            wasm_bindgen_futures::spawn_local(async move {
                // What stays is swept later.
                let _ = files::remove(&staged).await;
                drop(held);
            });
        })
        .forget();
        Ok(())
    }

    async fn whole(&self) -> Result<File, TransferError> {
        let file = files::file(&self.name).await;
        let file = file.map_err(|error| fault(&self.file.path, &error))?;
        if file.size() as u64 == self.file.len {
            Ok(file)
        } else {
            Err(TransferError::NotWhatWasSealed)
        }
    }

    /// It stays for a later page.
    pub(in crate::sinks) async fn suspend(self) {
        // What cannot be closed is compared when the download is resumed.
        let _ = self.disk.close(&self.name).await;
    }

    pub(in crate::sinks) async fn abort(self) {
        // What stays is swept later.
        let _ = self.disk.remove(&self.name).await;
    }
}

//! Whole steps on their way to the disk: one flush at a time, beside whatever else happens.

use std::{sync::Arc, time::Instant};

use sealdrop_transfer::{DeviceFault, TransferError};
use tokio::task::JoinHandle;

use super::{
    DownloadJournal, Ready, durable,
    line::{Line, append},
    lock, unwritable,
};

impl DownloadJournal {
    /// Brings what is ready to the disk, beside whatever happens next.
    pub(super) fn start(&self) {
        let Some(open) = self.open.as_ref().filter(|_| self.failed.borrow().is_none()) else {
            return;
        };
        let Ready { steps, files } = self.ready.take();
        self.bytes.set(0);
        self.last.set(Instant::now());
        let (lines, root) = (Arc::clone(&open.lines), self.root.borrow().clone());
        let work = move || {
            durable::sync(&files, root.as_deref())?;
            let files = files
                .iter()
                .map(|(file, wrote)| (*file, wrote.len, wrote.crc))
                .collect();
            let mut lines = lock(&lines);
            let written = append(&mut lines, &Line::Durable { steps, files }).and_then(|()| lines.sync());
            written.map_err(|error| unwritable(&error))
        };
        self.flushing.replace(Some(tokio::task::spawn_blocking(work)));
    }

    /// What could not be written so far.
    pub(crate) async fn settle(&self) -> Result<(), TransferError> {
        let ended = self.flushing.borrow().as_ref().is_some_and(JoinHandle::is_finished);
        if ended { self.wait().await } else { self.so_far() }
    }

    async fn wait(&self) -> Result<(), TransferError> {
        let flushing = self.flushing.take();
        if let Some(flushing) = flushing {
            let ended = flushing.await;
            ended
                .unwrap_or_else(|_| Err(TransferError::device(DeviceFault::Worker, "")))
                .map_err(|error| self.fail(error))?;
        }
        self.so_far()
    }

    /// Brings all whole steps to the disk and waits for it.
    pub(crate) async fn flush(&self) -> Result<(), TransferError> {
        self.wait().await?;
        if !self.is_over() && !self.ready.borrow().steps.is_empty() {
            self.start();
            self.wait().await?;
        }
        Ok(())
    }
}

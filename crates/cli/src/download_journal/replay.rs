//! What earlier runs of a download left, read back.

use std::collections::BTreeMap;

use sealdrop_api::{LinkId, SealedBytes};
use sealdrop_crypto::{DeviceKey, open_blob};
use sealdrop_transfer::{Checkpoint, Resume};
use serde::de::DeserializeOwned;

use super::line::{Batch, Line, VERSION, context, unpack};

/// Where an unfinished file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Which twin of its name its unfinished one is.
    pub(crate) nth: u32,
    /// Number of the file in its file system: a name can come to mean another one.
    pub(crate) number: u64,
}

/// What was left. All of it may be of another time: it is compared with the link and with the files before it is used.
#[derive(Debug, Default)]
pub(crate) struct UnfinishedDownload {
    checkpoints: Vec<Checkpoint>,
    /// What the files are called.
    pub(crate) paths: Vec<String>,
    /// The new folder that they are in, if there is one.
    pub(crate) folder: Option<String>,
    /// The files that were begun.
    pub(crate) places: BTreeMap<usize, Place>,
    /// Which twins of their names they got, or were about to get.
    pub(crate) named: BTreeMap<usize, u32>,
    /// Length and CRC-32 of what is on the disk.
    pub(crate) bytes: BTreeMap<usize, (u64, u32)>,
}

impl UnfinishedDownload {
    /// A line that cannot be read ends what counts. Also returns how many lines come before it.
    pub(super) async fn read(key: &DeviceKey, link_id: LinkId, lines: &[String]) -> (Self, usize) {
        let (mut unfinished, mut count) = (Self::default(), 0);
        let mut read = lines.iter().map_while(|line| serde_json::from_str(line).ok());
        match read.next() {
            Some(Line::About {
                v: VERSION,
                link_id: kept,
                ..
            }) if kept == link_id => {}
            _ => return (unfinished, 0),
        }
        count += 1;
        for line in read {
            match line {
                Line::About { .. } => break,
                Line::Said(checkpoint) => unfinished.checkpoints.push(checkpoint),
                Line::Names { sealed } => {
                    let batch = open::<Batch<'_>>(key, link_id, &sealed).await;
                    if batch.and_then(|batch| unpack(batch, &mut unfinished.paths)).is_none() {
                        break;
                    }
                }
                Line::Folder { sealed } => {
                    let Some(folder) = open(key, link_id, &sealed).await else {
                        break;
                    };
                    unfinished.folder = Some(folder);
                }
                Line::Opened { file, nth, number } => {
                    unfinished.places.insert(file, Place { nth, number });
                }
                Line::Durable { steps, files } => {
                    unfinished.checkpoints.extend(steps);
                    unfinished
                        .bytes
                        .extend(files.into_iter().map(|(file, len, crc)| (file, (len, crc))));
                }
                Line::Naming { file, nth } => {
                    unfinished.named.insert(file, nth);
                }
            }
            count += 1;
        }
        (unfinished, count)
    }

    /// What the engine can go on with.
    pub(crate) fn resume(&self) -> Option<Resume> {
        self.resume_with(&[])
    }

    /// The same, where these files turned out to have their names.
    pub(crate) fn resume_with(&self, named: &[usize]) -> Option<Resume> {
        let named = named.iter().map(|file| Checkpoint::Finished { file: *file });
        Resume::read(self.checkpoints.iter().cloned().chain(named))
    }
}

async fn open<T: DeserializeOwned>(key: &DeviceKey, link_id: LinkId, sealed: &SealedBytes) -> Option<T> {
    let text = open_blob(key, &context(&link_id), &sealed.0).await.ok()?;
    serde_json::from_slice(&text).ok()
}

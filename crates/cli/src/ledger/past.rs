//! What earlier runs of a download left, read back.

use std::collections::BTreeMap;

use sealdrop_api::{LinkId, SealedBytes};
use sealdrop_crypto::{DeviceKey, open_blob};
use sealdrop_transfer::{Checkpoint, Resume};
use serde::de::DeserializeOwned;

use super::line::{Line, context};

/// Where an unfinished file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Below the folder of the download.
    pub(crate) folders: Vec<String>,
    /// The name that it shall get.
    pub(crate) name: String,
    /// The name that it has.
    pub(crate) part: String,
    /// Number of the file in its file system: a name can come to mean another one.
    pub(crate) number: u64,
}

/// What was left. All of it may be of another time: it is compared with the link and with the files before it is used.
#[derive(Debug, Default)]
pub(crate) struct Past {
    story: Vec<Checkpoint>,
    /// The files that were begun.
    pub(crate) places: BTreeMap<usize, Place>,
    /// The names that they got, or were about to get.
    pub(crate) names: BTreeMap<usize, String>,
    /// Length and CRC-32 of what is on the disk.
    pub(crate) bytes: BTreeMap<usize, (u64, u32)>,
}

impl Past {
    /// Lines that cannot be read end the story where they are: with it, how many come before.
    pub(super) async fn read(key: &DeviceKey, link_id: LinkId, lines: &[String]) -> (Self, usize) {
        let (mut past, mut count) = (Self::default(), 0);
        let mut read = lines.iter().map_while(|line| serde_json::from_str(line).ok());
        match read.next() {
            Some(Line::About {
                v: 1, link_id: kept, ..
            }) if kept == link_id => {}
            _ => return (past, 0),
        }
        count += 1;
        for line in read {
            match line {
                Line::About { .. } => break,
                Line::Said(checkpoint) => past.story.push(checkpoint),
                Line::Opened { file, sealed, number } => {
                    let Some((folders, name, part)) = open(key, link_id, &sealed).await else {
                        break;
                    };
                    past.places.insert(
                        file,
                        Place {
                            folders,
                            name,
                            part,
                            number,
                        },
                    );
                }
                Line::Durable { steps, files } => {
                    past.story.extend(steps);
                    past.bytes
                        .extend(files.into_iter().map(|(file, len, crc)| (file, (len, crc))));
                }
                Line::Naming { file, sealed } => {
                    let Some(name) = open(key, link_id, &sealed).await else {
                        break;
                    };
                    past.names.insert(file, name);
                }
            }
            count += 1;
        }
        (past, count)
    }

    /// What the spine can go on with.
    pub(crate) fn resume(&self) -> Option<Resume> {
        self.resume_with(&[])
    }

    /// The same, where these files turned out to have their names.
    pub(crate) fn resume_with(&self, named: &[usize]) -> Option<Resume> {
        let named = named.iter().map(|file| Checkpoint::Finished { file: *file });
        Resume::read(self.story.iter().cloned().chain(named))
    }
}

async fn open<T: DeserializeOwned>(key: &DeviceKey, link_id: LinkId, sealed: &SealedBytes) -> Option<T> {
    let text = open_blob(key, &context(&link_id), &sealed.0).await.ok()?;
    serde_json::from_slice(&text).ok()
}

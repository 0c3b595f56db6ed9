//! Where a download goes: one file into a place of its own, several into one archive.

use sealdrop_transfer::{
    OpenedLink, Proof, Selection, Sink, SinkFile, Sinks, TransferError, ZipEntry, ZipPlan, ZipSinks,
};

use super::{BrowserSink, BrowserSinks, nfc};
use crate::chunk::Pieces;

/// What is going to be saved, before there is a place for it.
pub(crate) enum Outcome {
    /// The file itself: its path and length.
    File(String, u64),
    /// All of them in one archive.
    Archive(ZipPlan),
}

impl Outcome {
    /// What comes of a selection.
    ///
    /// # Errors
    /// [`TransferError::Unsendable`] for a file that is not in the link.
    pub(crate) fn of(link: &OpenedLink, which: &Selection) -> Result<Self, TransferError> {
        let single = match which {
            Selection::All if link.files.len() == 1 => Some(0),
            Selection::One(file) => Some(*file),
            Selection::Picked(files) if files.len() == 1 => files.first().copied(),
            _ => None,
        };
        match single.and_then(|file| link.files.get(file)) {
            Some(file) => Ok(Self::File(file.path.clone(), file.len)),
            None => Ok(Self::Archive(ZipPlan::new(link, which, nfc)?)),
        }
    }

    /// What it is called, for a person, and its exact bytes.
    pub(crate) fn describe(&self) -> (&str, u64) {
        match self {
            Self::File(path, len) => (path, *len),
            Self::Archive(plan) => (plan.name(), plan.archive_len()),
        }
    }

    /// What the archive is called, if it is one.
    pub(crate) fn archive_name(&self) -> Option<String> {
        match self {
            Self::File(..) => None,
            Self::Archive(plan) => Some(plan.name().to_owned()),
        }
    }

    /// Sinks for it, which put into `place` what becomes a file.
    pub(crate) fn into_sinks(self, place: BrowserSinks) -> Destination {
        match self {
            Self::File(..) => Destination::Files(place),
            Self::Archive(plan) => Destination::Archive(ZipSinks::new(place, plan)),
        }
    }
}

/// Sinks of a download.
pub(crate) enum Destination {
    Files(BrowserSinks),
    Archive(ZipSinks<BrowserSinks>),
}

/// A file's way out.
pub(crate) enum Way {
    Plain(BrowserSink),
    Entry(ZipEntry<BrowserSink>),
}

impl Sinks for Destination {
    type Chunk = Pieces;
    type Sink = Way;

    async fn open(&mut self, file: &SinkFile) -> Result<Way, TransferError> {
        match self {
            Self::Files(files) => files.open(file).await.map(Way::Plain),
            Self::Archive(archive) => archive.open(file).await.map(Way::Entry),
        }
    }

    fn is_archive(&self) -> bool {
        matches!(self, Self::Archive(_))
    }

    async fn close(&mut self) -> Result<(), TransferError> {
        match self {
            Self::Files(files) => files.close().await,
            Self::Archive(archive) => archive.close().await,
        }
    }

    async fn abort(&mut self) {
        match self {
            Self::Files(files) => files.abort().await,
            Self::Archive(archive) => archive.abort().await,
        }
    }
}

impl Sink for Way {
    type Chunk = Pieces;

    async fn write(&mut self, chunk: Pieces) -> Result<(), TransferError> {
        match self {
            Self::Plain(sink) => sink.write(chunk).await,
            Self::Entry(entry) => entry.write(chunk).await,
        }
    }

    async fn finish(self, proof: Proof) -> Result<(), TransferError> {
        match self {
            Self::Plain(sink) => sink.finish(proof).await,
            Self::Entry(entry) => entry.finish(proof).await,
        }
    }

    async fn abort(self) {
        match self {
            Self::Plain(sink) => sink.abort().await,
            Self::Entry(entry) => entry.abort().await,
        }
    }
}

//! What a download becomes: one file stays a file, several become one archive; in a place that the person chose, each stays
//! a file.

use sealdrop_transfer::{
    OpenedLink, Proof, Selection, Sink, SinkFile, Sinks, TransferError, ZipEntry, ZipPlan, ZipSinks,
};

use super::{choose::Wanted, saved_name::nfc};
use crate::chunk::Pieces;
use crate::sinks::{browser_sink::BrowserSink, browser_sinks::BrowserSinks};

/// What is going to be saved, before there is a place for it.
pub(crate) enum Outcome {
    /// Each file itself.
    Files {
        /// How much they are.
        wanted: Wanted,
        /// The path of the largest.
        largest: String,
    },
    /// All of them in one archive.
    Archive(ZipPlan),
}

impl Outcome {
    /// What comes of a selection.
    ///
    /// # Errors
    /// [`TransferError::InvalidInput`] for a file that is not in the link.
    pub(crate) fn of(link: &OpenedLink, which: &Selection, has_place: bool) -> Result<Self, TransferError> {
        let files = which.positions(link.files.len())?;
        if files.len() != 1 && !has_place {
            return Ok(Self::Archive(ZipPlan::new(link, which, nfc)?));
        }
        let mut wanted = Wanted { largest: 0, total: 0 };
        let mut largest = "";
        for file in files.into_iter().map(|at| &link.files[at]) {
            wanted.total = wanted.total.saturating_add(file.len);
            if file.len >= wanted.largest {
                wanted.largest = file.len;
                largest = &file.path;
            }
        }
        Ok(Self::Files {
            wanted,
            largest: largest.to_owned(),
        })
    }

    /// Exact bytes of what is going to be saved.
    pub(crate) const fn wanted(&self) -> Wanted {
        match self {
            Self::Files { wanted, .. } => *wanted,
            Self::Archive(plan) => Wanted {
                largest: plan.archive_len(),
                total: plan.archive_len(),
            },
        }
    }

    /// What the largest of it is called, for a person.
    pub(crate) fn largest(&self) -> &str {
        match self {
            Self::Files { largest, .. } => largest,
            Self::Archive(plan) => plan.name(),
        }
    }

    /// What the archive is called, if it is one.
    pub(crate) fn archive_name(&self) -> Option<String> {
        match self {
            Self::Files { .. } => None,
            Self::Archive(plan) => Some(plan.name().to_owned()),
        }
    }

    /// Sinks for it, which put into `place` what becomes a file.
    pub(crate) fn into_sinks(self, place: BrowserSinks) -> Destination {
        match self {
            Self::Files { .. } => Destination::Files(place),
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

    async fn suspend(self) {
        match self {
            Self::Plain(sink) => sink.suspend().await,
            Self::Entry(entry) => entry.suspend().await,
        }
    }

    async fn abort(self) {
        match self {
            Self::Plain(sink) => sink.abort().await,
            Self::Entry(entry) => entry.abort().await,
        }
    }
}

//! Downloads that outlive their page: what is kept of one, what an earlier page left, and how it goes on.

use std::{collections::BTreeMap, rc::Rc};

use sealdrop_model::{Failure, Selection, UnfinishedDownload, UnfinishedState};
use sealdrop_transfer::{FileStanding, Resume, ResumeMode, TransferError, give_back, milliseconds};

use crate::facade::link::opened::OpenedLink;
use crate::{
    journal::{self, Chosen, DownloadJournal, KeptDownload, Note, WebLock},
    platform::BrowserPlatform,
    sinks::{self, BrowserSinks, CheckpointWriter, Destination, Outcome, PickedLocation},
    split::{NotLoaded, split_point},
};

impl OpenedLink {
    /// What an earlier page left of a download of this link. What leads nowhere is removed, and said once.
    ///
    /// # Errors
    /// What looks for it did not load: nothing is known then.
    pub async fn unfinished(&self) -> Result<Option<UnfinishedDownload>, Failure> {
        // Nothing was ever written here: then nothing is loaded either.
        if sinks::lengths().await.is_none() {
            return Ok(None);
        }
        Ok(unfinished_download(self.link.clone()).await?)
    }

    /// Removes it, and gives its place on the link back. One that another tab is at is left alone.
    pub async fn forget_unfinished(&self) {
        // What found it is here, so this comes.
        drop(forget_download(self.link.clone()).await);
    }
}

split_point!(receiving: unfinished_download(link: Rc<sealdrop_transfer::OpenedLink>) -> Result<Option<UnfinishedDownload>, NotLoaded>
    = async move { Ok(look(&link).await) });

async fn look(link: &sealdrop_transfer::OpenedLink) -> Option<UnfinishedDownload> {
    let there = sinks::lengths().await?;
    let kept = DownloadJournal::look(link.link_id).await?;
    let held = journal::hold_download(&link.link_id.to_string()).await;
    let resume = story(&kept)?;
    let standing = standing(link, &kept, &resume);
    let is_here = |(file, runs): (&usize, &Vec<sinks::Run>)| {
        let len = there.get(&sinks::file_name(&kept.store, *file));
        len.is_some_and(|len| *len >= runs.iter().map(|(len, _)| len).sum())
    };
    let files = standing.filter(|(_, runs)| held.is_none() || runs.iter().all(is_here));
    let state = match (&files, &held) {
        (_, None) => UnfinishedState::InUse,
        (Some(_), Some(_)) => UnfinishedState::Ready,
        (None, Some(_)) => UnfinishedState::Lost,
    };
    if state == UnfinishedState::Lost {
        forget(link, &kept).await;
    }
    let (files, _) = files.unwrap_or_default();
    Some(UnfinishedDownload {
        state,
        files: files.len(),
        received_bytes: files.iter().map(|file| file.written).sum(),
        total_bytes: files.iter().map(|file| link.files[file.file].len).sum(),
        begun_ms: kept.begun_ms,
        placed: kept.place.is_some(),
        chosen: kept.chosen.files,
    })
}

split_point!(receiving: forget_download(link: Rc<sealdrop_transfer::OpenedLink>) -> Result<(), NotLoaded>
    = async move { forget_unfinished(&link).await; Ok(()) });

async fn forget_unfinished(link: &sealdrop_transfer::OpenedLink) {
    let held = journal::hold_download(&link.link_id.to_string()).await;
    if held.is_some()
        && let Some(kept) = DownloadJournal::look(link.link_id).await
    {
        forget(link, &kept).await;
    }
}

async fn forget(link: &sealdrop_transfer::OpenedLink, kept: &KeptDownload) {
    remove(link.link_id, kept).await;
    if let Some(resume) = story(kept) {
        give_back(&BrowserPlatform::new(), link, &resume).await;
    }
}

/// Removes what is kept of a link that has ended; nobody can go on with it.
pub(in crate::facade) async fn forget_ended(link_id: sealdrop_api::LinkId) {
    // Where nothing was ever written, nothing is loaded to remove it.
    if sinks::lengths().await.is_some() {
        drop(forget_of_link(link_id).await);
    }
}

split_point!(receiving: forget_of_link(link_id: sealdrop_api::LinkId) -> Result<(), NotLoaded>
    = async move { remove_of_link(link_id).await; Ok(()) });

async fn remove_of_link(link_id: sealdrop_api::LinkId) {
    let Some(_held) = journal::hold_download(&link_id.to_string()).await else {
        return;
    };
    if let Some(kept) = DownloadJournal::look(link_id).await {
        remove(link_id, &kept).await;
    }
}

/// Removes what is here of it.
async fn remove(link_id: sealdrop_api::LinkId, kept: &KeptDownload) {
    journal::forget_download(&link_id.to_string()).await;
    sinks::remove_store(&kept.store).await;
}

fn story(kept: &KeptDownload) -> Option<Resume> {
    Resume::read(kept.notes.iter().filter_map(|note| match note {
        Note::Checkpoint(checkpoint) => Some(checkpoint.clone()),
        _ => None,
    }))
}

/// What must be in the private file system: of each file that was begun and has no place yet, its runs and their SHA-256.
type Runs = BTreeMap<usize, Vec<sinks::Run>>;

/// How far each file is, and what must be here of it, if it is a story of this link as it is now.
fn standing(
    link: &sealdrop_transfer::OpenedLink,
    kept: &KeptDownload,
    resume: &Resume,
) -> Option<(Vec<FileStanding>, Runs)> {
    let selection = selection(&kept.chosen);
    let standing = resume.standing(link, &selection).ok()?;
    // The bytes that were written down are those that the steps wrote: no fewer and no more.
    let runs = runs(kept, &standing);
    let is_told = |file: &FileStanding| {
        let told = runs
            .get(&file.file)
            .map_or(0, |runs| runs.iter().map(|(len, _)| len).sum());
        file.is_finished || told == file.written
    };
    standing.iter().all(is_told).then_some((standing, runs))
}

fn runs(kept: &KeptDownload, standing: &[FileStanding]) -> Runs {
    let mut runs = Runs::new();
    for note in &kept.notes {
        if let Note::Wrote(file, len, sum) = note {
            runs.entry(*file).or_default().push((*len, *sum));
        }
    }
    let waits = |file: &usize| standing.iter().any(|one| one.file == *file && !one.is_finished);
    runs.retain(|file, _| waits(file));
    runs
}

fn selection(chosen: &Chosen) -> Selection {
    match &chosen.files {
        None => Selection::All,
        Some(files) => Selection::Picked(files.clone()),
    }
}

/// A download that has its way to the disk.
pub(super) struct PreparedDownload {
    pub(super) selection: Selection,
    pub(super) archive: Option<String>,
    pub(super) sinks: Destination,
    pub(super) run: ResumeMode,
    pub(super) keeper: Option<Rc<CheckpointWriter>>,
}

impl PreparedDownload {
    /// Chooses a way, and keeps a journal where what is written survives.
    pub(super) async fn anew(
        link: &sealdrop_transfer::OpenedLink,
        which: Selection,
        place: Option<PickedLocation>,
    ) -> Result<Self, TransferError> {
        let files = match which {
            Selection::All => None,
            Selection::Picked(files) => Some(files),
        };
        let chosen = Chosen {
            files,
            folder: place.as_ref().map(|place| place.is_folder),
        };
        let selection = selection(&chosen);
        let outcome = Outcome::of(link, &selection, place.is_some())?;
        // Whether there is a way to the disk is said before a place on the link is taken.
        let way = BrowserSinks::choose(outcome.wanted(), place.clone()).await;
        let mut way = way.map_err(|limit| TransferError::TooLargeForDevice {
            file: outcome.largest().to_owned(),
            limit,
        })?;
        let archive = outcome.archive_name();
        // An archive is one stream: it has no middle to go on from.
        let survives = archive.is_none() && way.surviving().is_some();
        let keeper = match make_room(link, survives).await {
            Some(held) if survives => begin(link, &chosen, place.as_ref(), &mut way, held).await,
            _ => None,
        };
        way.keep(keeper.clone());
        Ok(Self {
            selection,
            archive,
            sinks: outcome.into_sinks(way),
            run: if keeper.is_some() {
                ResumeMode::Fresh
            } else {
                ResumeMode::Disabled
            },
            keeper,
        })
    }

    /// Takes up what an earlier page left, after reading it back.
    pub(super) async fn again(link: &sealdrop_transfer::OpenedLink) -> Result<Self, TransferError> {
        let id = link.link_id;
        let held = journal::hold_download(&id.to_string()).await;
        let held = held.ok_or(TransferError::StartOver)?;
        let taken = DownloadJournal::take_up(id).await;
        let (journal, kept) = taken.ok_or(TransferError::StartOver)?;
        let place = match (&kept.place, kept.chosen.folder) {
            (Some(handle), Some(is_folder)) => Some(PickedLocation {
                handle: handle.clone(),
                is_folder,
            }),
            _ => None,
        };
        if let Some(place) = &place {
            place.may_write().await?;
        }
        let named = kept.notes.iter().filter_map(|note| match note {
            Note::Named(file, name) => Some((*file, name.clone())),
            _ => None,
        });
        let is_placed = place.is_some();
        let sinks = BrowserSinks::go_on(&kept.store, named.collect(), place).await;
        let mut sinks = sinks.ok_or(TransferError::StartOver)?;
        let resume = story(&kept);
        let standing = resume.as_ref().and_then(|resume| standing(link, &kept, resume));
        let (Some(resume), Some((_, runs))) = (resume, standing) else {
            forget(link, &kept).await;
            return Err(TransferError::StartOver);
        };
        if !sinks.hold(&runs).await {
            forget(link, &kept).await;
            return Err(TransferError::StartOver);
        }
        let disk = sinks.surviving().ok_or(TransferError::StartOver)?;
        let keeper = CheckpointWriter::new(journal, disk, kept.store, is_placed, held);
        sinks.keep(Some(keeper.clone()));
        Ok(Self {
            selection: selection(&kept.chosen),
            archive: None,
            sinks: Destination::Files(sinks),
            run: ResumeMode::Resume(resume),
            keeper: Some(keeper),
        })
    }
}

/// A new download of a link gets the place that an unfinished one has there, and where it survives its page, what is here of
/// that makes room for it. `None` if another tab is at the unfinished one, or nobody can say: that one is left alone.
async fn make_room(link: &sealdrop_transfer::OpenedLink, survives: bool) -> Option<WebLock> {
    let held = journal::hold_download(&link.link_id.to_string()).await?;
    if sinks::lengths().await.is_some()
        && let Some(kept) = DownloadJournal::look(link.link_id).await
    {
        if survives {
            forget(link, &kept).await;
        } else if let Some(resume) = story(&kept) {
            give_back(&BrowserPlatform::new(), link, &resume).await;
        }
    }
    Some(held)
}

async fn begin(
    link: &sealdrop_transfer::OpenedLink,
    chosen: &Chosen,
    place: Option<&PickedLocation>,
    way: &mut BrowserSinks,
    held: WebLock,
) -> Option<Rc<CheckpointWriter>> {
    let disk = way.surviving()?;
    let store = way.store().await;
    let ends_at_ms = milliseconds(link.expires_at);
    let handle = place.map(|place| &place.handle);
    let journal = DownloadJournal::begin(link.link_id, &store, ends_at_ms, chosen, handle).await?;
    Some(CheckpointWriter::new(journal, disk, store, place.is_some(), held))
}

//! Receiving: claim, fetch, open, hand to the browser, verify, commit.

use std::cell::RefCell;

use sealdrop_transfer::{Control, OpenedLink, Proof, TransferError};
use wasm_bindgen_futures::spawn_local;

use super::{failure::Failure, incoming::Opened, progress::FileProgress};
use crate::{
    platform::BrowserPlatform,
    sinks::{BrowserSinks, Outcome, Place},
    stay::Stay,
    worker::most_workers,
};

/// What to download.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Selection {
    /// Every file; without a place that was chosen, more than one become one archive.
    All,
    /// One file, by its place in the list.
    One(usize),
    /// Some files, by their places in the list; without a place that was chosen, more than one become one archive.
    Picked(Vec<usize>),
}

/// What happens while receiving.
#[derive(Debug, Clone)]
pub enum ReceiveEvent {
    /// How far it is: at most four a second, and never going back.
    Progress(ReceiveProgress),
    /// A file is saved; those of an archive only when all of it is.
    FileDone {
        /// Its place in the list.
        index: usize,
        /// Whether the whole object behind it was verified: "unaltered". Otherwise it is "complete".
        whole: bool,
    },
    /// Everything is saved, verified and counted. The last event.
    Done(Receipt),
    /// It did not work. The last event.
    Failed(Failure),
    /// The person stopped it. The last event.
    Cancelled,
}

/// How far receiving is.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceiveProgress {
    /// What is going on.
    pub phase: ReceivePhase,
    /// Plain bytes that the browser has taken.
    pub received_bytes: u64,
    /// Plain bytes of all that was selected.
    pub total_bytes: u64,
    /// Plain bytes a second, smoothed; nothing until it can be told.
    pub bytes_per_second: Option<u64>,
    /// Seconds left, smoothed; nothing until it can be told.
    pub seconds_left: Option<u64>,
    /// Every file of the link, in the list's order.
    pub files: Vec<FileProgress>,
}

/// What is going on while receiving.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ReceivePhase {
    /// A place on the link is being taken.
    Claiming,
    /// Bytes are coming.
    Downloading,
    /// Something failed and is tried again.
    Retrying {
        /// In how many seconds.
        in_seconds: u32,
    },
    /// The network is away.
    WaitingForNetwork,
    /// All bytes are there; the whole is being compared with what was sealed.
    Verifying,
}

/// What was received.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// What the archive is called, if several files became one.
    pub archive: Option<String>,
    /// How many files.
    pub files: usize,
    /// Their plain bytes.
    pub plain_bytes: u64,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// Sealed records that were opened and verified.
    pub pieces: u64,
}

/// The handle of a running download. Dropping it stops nothing.
#[derive(Debug, Clone)]
pub struct DownloadHandle {
    control: Control,
}

impl DownloadHandle {
    /// Stops it and gives the place on the link back.
    pub fn cancel(&self) {
        self.control.cancel();
    }
}

pub(super) fn start(
    opened: &Opened,
    which: Selection,
    place: Option<Place>,
    on_event: impl FnMut(ReceiveEvent) + 'static,
) -> DownloadHandle {
    let control = Control::new();
    let handle = DownloadHandle {
        control: control.clone(),
    };
    let link = opened.link.clone();
    spawn_local(async move {
        let _stay = Stay::begin();
        let on_event = RefCell::new(on_event);
        let tell = |event| (on_event.borrow_mut())(event);
        tell(match run(&link, which, place, &control, &tell).await {
            Ok(receipt) => ReceiveEvent::Done(receipt),
            Err(TransferError::Cancelled) => ReceiveEvent::Cancelled,
            Err(error) => ReceiveEvent::Failed(error.into()),
        });
    });
    handle
}

async fn run(
    link: &OpenedLink,
    which: Selection,
    place: Option<Place>,
    control: &Control,
    tell: &dyn Fn(ReceiveEvent),
) -> Result<Receipt, TransferError> {
    let which = match which {
        Selection::All => sealdrop_transfer::Selection::All,
        Selection::One(file) => sealdrop_transfer::Selection::One(file),
        Selection::Picked(files) => sealdrop_transfer::Selection::Picked(files),
    };
    let outcome = Outcome::of(link, &which, place.is_some())?;
    // Whether there is a way to the disk is said before a place on the link is taken.
    let way = BrowserSinks::choose(outcome.wanted(), place).await;
    let way = way.map_err(|limit| TransferError::TooLargeForDevice {
        file: outcome.largest().to_owned(),
        limit,
    })?;
    let platform = BrowserPlatform::new();
    let archive = outcome.archive_name();
    let mut sinks = outcome.into_sinks(way);
    let options = sealdrop_transfer::ReceiveOptions {
        concurrency: most_workers(),
        ..sealdrop_transfer::ReceiveOptions::default()
    };
    let receipt = sealdrop_transfer::download(&platform, link, which, &mut sinks, options, control, &|event| {
        tell(match event {
            sealdrop_transfer::ReceiveEvent::FileDone { index, proof } => ReceiveEvent::FileDone {
                index,
                whole: proof == Proof::Whole,
            },
            sealdrop_transfer::ReceiveEvent::Progress(progress) => ReceiveEvent::Progress(show(progress)),
            // Nothing outlives the page.
            sealdrop_transfer::ReceiveEvent::Checkpoint(_) => return,
        });
    })
    .await?;
    Ok(Receipt {
        archive,
        files: receipt.files,
        plain_bytes: receipt.plain_bytes,
        seconds: receipt.took.as_secs_f64(),
        pieces: receipt.records,
    })
}

fn show(progress: sealdrop_transfer::ReceiveProgress) -> ReceiveProgress {
    use sealdrop_transfer::ReceivePhase as Phase;
    ReceiveProgress {
        phase: match progress.phase {
            Phase::Claiming => ReceivePhase::Claiming,
            Phase::Downloading => ReceivePhase::Downloading,
            Phase::Retrying { in_seconds } => ReceivePhase::Retrying { in_seconds },
            Phase::WaitingForNetwork { .. } => ReceivePhase::WaitingForNetwork,
            Phase::Verifying => ReceivePhase::Verifying,
        },
        received_bytes: progress.received_bytes,
        total_bytes: progress.total_bytes,
        bytes_per_second: progress.bytes_per_second,
        seconds_left: progress.seconds_left,
        files: progress.files.into_iter().map(FileProgress::from).collect(),
    }
}

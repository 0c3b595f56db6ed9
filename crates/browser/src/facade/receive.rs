//! Receiving: claim, fetch, open, hand to the browser, verify, commit.

use std::{cell::RefCell, rc::Rc};

use futures::future::join;
use sealdrop_transfer::{Checkpoint, Control, OpenedLink, Proof, TransferError, leave_place};
use wasm_bindgen_futures::spawn_local;

use super::{failure::Failure, going_on::Begun, incoming::Opened, progress::FileProgress};
use crate::{
    journal::KeptPlace, leave::Leave, platform::BrowserPlatform, sinks::Place, stay::Stay, worker::most_workers,
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
    /// Whether what arrives survives the page and can go on later, see [`Opened::unfinished`]. Not at first, and not after the
    /// end.
    Kept(bool),
    /// How far it is: at most four a second, and never going back.
    Progress(ReceiveProgress),
    /// A file is saved; those of an archive only when all of it is.
    FileDone {
        /// Its place in the list.
        index: usize,
        /// Whether the whole object behind it was verified: "unaltered". Otherwise it is "complete".
        whole: bool,
    },
    /// Everything is saved and verified. The last event. It says nothing of counting, which the person who downloads is not
    /// shown: whoever stops it while the server is asked for that has the files all the same.
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
    /// The person paused it; ranges that had begun come to their end.
    Pausing,
    /// The person paused it; nothing moves.
    Paused,
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
    /// Stops it and gives the place on the link back. Once everything is saved and verified, it ends only the waiting for
    /// the server to count it.
    pub fn cancel(&self) {
        self.control.cancel();
    }

    /// Begins no further range; those on their way come to their end. Its place on the link is kept.
    pub fn pause(&self) {
        self.control.pause();
    }

    /// Goes on after a pause.
    pub fn resume(&self) {
        self.control.resume();
    }

    /// Ends the wait before the next try.
    pub fn try_now(&self) {
        self.control.try_now();
    }
}

/// Where a download begins.
pub(super) enum Start {
    /// Anew: what, and where it goes if the person chose.
    New(Selection, Option<Place>),
    /// Where an earlier page left it.
    GoOn,
}

pub(super) fn start(opened: &Opened, start: Start, on_event: impl FnMut(ReceiveEvent) + 'static) -> DownloadHandle {
    let control = Control::new();
    let handle = DownloadHandle {
        control: control.clone(),
    };
    let link = opened.link.clone();
    spawn_local(async move {
        let _stay = Stay::begin();
        let on_event = RefCell::new(on_event);
        let tell = |event| (on_event.borrow_mut())(event);
        tell(match run(&link, start, &control, &tell).await {
            Ok(receipt) => ReceiveEvent::Done(receipt),
            Err(TransferError::Cancelled) => ReceiveEvent::Cancelled,
            Err(error) => ReceiveEvent::Failed(error.into()),
        });
    });
    handle
}

async fn run(
    link: &OpenedLink,
    start: Start,
    control: &Control,
    tell: &dyn Fn(ReceiveEvent),
) -> Result<Receipt, TransferError> {
    let place = KeptPlace::take_up(link.link_id).await.map(Rc::new);
    let leave = Leave::begin();
    let Begun {
        selection,
        archive,
        mut sinks,
        run,
        keeper,
    } = match start {
        Start::New(which, place) => Begun::anew(link, which, place).await?,
        Start::GoOn => Begun::again(link).await?,
    };
    let platform = BrowserPlatform::new();
    let options = sealdrop_transfer::ReceiveOptions {
        // One more than there are workers: the line has something to carry while each of them opens what it has.
        concurrency: most_workers() + 1,
        run,
        place: place.as_ref().and_then(|place| place.before()),
    };
    let events = |event| match event {
        sealdrop_transfer::ReceiveEvent::FileDone { index, proof } => tell(ReceiveEvent::FileDone {
            index,
            whole: proof == Proof::Whole,
        }),
        sealdrop_transfer::ReceiveEvent::Progress(progress) => {
            if progress.phase == sealdrop_transfer::ReceivePhase::Verifying {
                // A count may be on its way from here on: nothing is given back that was used.
                leave.say(None);
            }
            tell(ReceiveEvent::Progress(show(progress)));
        }
        sealdrop_transfer::ReceiveEvent::Place(claim_id) => {
            leave.say(claim_id.and_then(|claim_id| leave_place(link, claim_id)));
            if let Some(place) = place.clone() {
                spawn_local(async move { place.keep(claim_id).await });
            }
        }
        sealdrop_transfer::ReceiveEvent::Checkpoint(checkpoint) => {
            if checkpoint == Checkpoint::Over {
                tell(ReceiveEvent::Kept(false));
            }
            if let Some(keeper) = &keeper {
                keeper.hear(checkpoint);
            }
        }
    };
    let downloading = async {
        let received =
            sealdrop_transfer::download(&platform, link, selection, &mut sinks, options, control, &events).await;
        if let Some(keeper) = &keeper {
            keeper.close();
        }
        received
    };
    let keeping = async {
        if let Some(keeper) = &keeper {
            tell(ReceiveEvent::Kept(true));
            keeper.keep().await;
        }
    };
    let (receipt, ()) = join(downloading, keeping).await;
    let receipt = receipt?;
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
            Phase::Pausing => ReceivePhase::Pausing,
            Phase::Paused => ReceivePhase::Paused,
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

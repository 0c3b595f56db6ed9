//! Receiving: claim, fetch, open, hand to the browser, verify, commit.

use std::rc::Rc;

use futures::future::join;
use sealdrop_model::{Failure, Receipt, ReceiveEvent, Selection, Stage};
use sealdrop_transfer::{Checkpoint, Control, DownloadEvent, Proof, TransferError, release_request};
use wasm_bindgen_futures::spawn_local;

use crate::facade::{
    download::resume::PreparedDownload,
    link::opened::OpenedLink,
    transfer_handle::{self, EventListener, TransferHandle},
};
use crate::{
    journal::KeptClaim,
    platform::BrowserPlatform,
    sinks::{self, PickedLocation},
    split::{NotLoaded, split_point},
    web::{leave::Leave, stay::Stay},
    worker::most_workers,
};

impl OpenedLink {
    /// Lets the person choose where it goes: a file for one, a folder for several. To be called inside the click; `None`
    /// where this engine has no such picker. Comes to no place if the person thinks better of it.
    pub fn pick_place(
        &self,
        which: &Selection,
    ) -> Option<impl Future<Output = Result<Option<PickedLocation>, Failure>> + use<>> {
        let one = match which.positions(self.contents.files.len()).as_deref() {
            Ok([file]) => self.contents.files.get(*file),
            _ => None,
        };
        let picking = sinks::pick(one.map(|(path, _)| path.as_str()))?;
        Some(async move { picking.await.map_err(Failure::from) })
    }

    /// Starts a download, into a place that was chosen or with the browser's others; one claim for all that is selected.
    /// To be called from the handler of a click.
    pub fn download(
        &self,
        which: Selection,
        place: Option<PickedLocation>,
        on_event: impl FnMut(ReceiveEvent) + 'static,
    ) -> TransferHandle {
        start(self, Start::New(which, place), on_event)
    }

    /// Goes on with it. To be called inside a click: the engine may ask whether its place may be written to.
    pub fn go_on(&self, on_event: impl FnMut(ReceiveEvent) + 'static) -> TransferHandle {
        start(self, Start::GoOn, on_event)
    }
}

/// Where a download begins.
pub(crate) enum Start {
    /// Anew: what, and where it goes if the person chose.
    New(Selection, Option<PickedLocation>),
    /// Where an earlier page left it.
    GoOn,
}

fn start(opened: &OpenedLink, start: Start, on_event: impl FnMut(ReceiveEvent) + 'static) -> TransferHandle {
    let link = opened.link.clone();
    let work = |control, listener| receive(link, start, control, listener);
    TransferHandle {
        control: transfer_handle::start(on_event, ReceiveEvent::Failed, work),
    }
}

split_point!(receiving: receive(link: Rc<sealdrop_transfer::OpenedLink>, start: Start, control: Control, listener: EventListener<ReceiveEvent>) -> Result<(), NotLoaded>
    = async move { tell_all(&link, start, control, listener).await; Ok(()) });

async fn tell_all(
    link: &sealdrop_transfer::OpenedLink,
    start: Start,
    control: Control,
    listener: EventListener<ReceiveEvent>,
) {
    let _stay = Stay::begin();
    let tell = |event| (listener.borrow_mut())(event);
    tell(match run(link, start, &control, &tell).await {
        Ok(receipt) => ReceiveEvent::Done(receipt),
        Err(TransferError::Cancelled) => ReceiveEvent::Cancelled,
        Err(error) => ReceiveEvent::Failed(error.into()),
    });
}

async fn run(
    link: &sealdrop_transfer::OpenedLink,
    start: Start,
    control: &Control,
    tell: &dyn Fn(ReceiveEvent),
) -> Result<Receipt, TransferError> {
    let place = KeptClaim::take_up(link.link_id).await.map(Rc::new);
    let leave = Leave::begin();
    let PreparedDownload {
        selection,
        archive,
        mut sinks,
        run,
        keeper,
    } = match start {
        Start::New(which, place) => PreparedDownload::anew(link, which, place).await?,
        Start::GoOn => PreparedDownload::again(link).await?,
    };
    let platform = BrowserPlatform::new();
    let options = sealdrop_transfer::ReceiveOptions {
        // One more than there are workers: the line has something to carry while each of them opens what it has.
        concurrency: most_workers() + 1,
        resume_mode: run,
        place: place.as_ref().and_then(|place| place.before()),
    };
    let events = |event| match event {
        DownloadEvent::FileDone { index, proof } => tell(ReceiveEvent::FileDone {
            index,
            whole: proof == Proof::Whole,
        }),
        DownloadEvent::Progress(progress) => {
            if progress.stage == Stage::Finishing {
                // A count may be on its way from here on: nothing is given back that was used.
                leave.say(None);
            }
            tell(ReceiveEvent::Progress(progress));
        }
        DownloadEvent::Claim(claim_id) => {
            leave.say(claim_id.and_then(|claim_id| release_request(link, claim_id)));
            if let Some(place) = place.clone() {
                spawn_local(async move { place.keep(claim_id).await });
            }
        }
        DownloadEvent::Checkpoint(checkpoint) => {
            if checkpoint == Checkpoint::Over {
                tell(ReceiveEvent::Kept(false));
            }
            if let Some(keeper) = &keeper {
                keeper.on_checkpoint(checkpoint);
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
    Ok(Receipt { archive, ..receipt? })
}

//! One receiving, from the link in the address to the verdict.

mod download;
mod preview;

use std::{cell::RefCell, collections::BTreeSet, rc::Rc, time::Duration};

use leptos::{prelude::*, task::spawn_local};

use super::{live_region::LiveRegion, viewing::Viewing};
use crate::{
    dom,
    engine::{
        self, Failure, FailureKind, LinkFault, OpenedLink, PickedLocation, Receipt, ReceivedLink, TransferHandle,
        UnfinishedDownload, UnfinishedState,
    },
    model::{
        items::{self, Item},
        names,
        run::Run,
        user_error::{self, Ending, Remedy, UserError},
    },
};

/// Until it is looked again whether another tab is still at it.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// Which screen the receiving is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReceiveScreen {
    Opening,
    Unlock,
    Contents,
    Working,
    Verified,
    Failed,
}

/// What the sealed list says, ready to be shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct LinkSummary {
    /// Title, folder or first file of several files; nothing for a single file.
    pub(crate) title: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) plain_bytes: u64,
    pub(crate) expires_at_ms: f64,
    pub(crate) downloads_left: u32,
    pub(crate) max_downloads: u32,
}

/// What lives on the page's only thread and cannot be a signal's value on a server.
#[derive(Default)]
struct BrowserHandles {
    received_link: Option<Rc<ReceivedLink>>,
    opened: Option<OpenedLink>,
    lens: Vec<u64>,
    handle: Option<TransferHandle>,
    /// Where the last download went, if the person chose.
    place: Option<PickedLocation>,
}

thread_local! {
    static HANDLES: RefCell<BrowserHandles> = RefCell::default();
}

/// The state of the receiving, as signals.
#[derive(Clone, Copy)]
pub(crate) struct Receiving {
    pub(crate) screen: RwSignal<ReceiveScreen>,
    /// The id in the address that this state belongs to.
    link_id: RwSignal<Option<String>>,
    /// A password is being tried.
    pub(crate) trying: RwSignal<bool>,
    pub(crate) wrong: RwSignal<bool>,
    pub(crate) summary: RwSignal<LinkSummary>,
    pub(crate) items: RwSignal<Vec<Item>>,
    pub(crate) run: RwSignal<Run>,
    /// The rows that are ticked; none means that all are wanted.
    pub(crate) picked: RwSignal<BTreeSet<usize>>,
    /// The rows that the download under way, or the last one, is of; `None` means all.
    pub(crate) asked: RwSignal<Option<BTreeSet<usize>>>,
    pub(crate) cancelled: RwSignal<bool>,
    /// What an earlier page left of a download of this link.
    pub(crate) unfinished: RwSignal<Option<UnfinishedDownload>>,
    /// Whether that is known.
    looked: RwSignal<bool>,
    /// Counts links and downloads: what was begun for an earlier one does not start any more.
    turn: RwSignal<u32>,
    /// What was left has just been removed.
    pub(crate) forgotten: RwSignal<bool>,
    /// What arrives survives this page.
    pub(crate) kept: RwSignal<bool>,
    /// It goes to a place that the person chose.
    pub(crate) placed: RwSignal<bool>,
    pub(crate) received: RwSignal<Receipt>,
    pub(crate) error: RwSignal<Option<UserError>>,
    /// What is looked at.
    pub(crate) viewing: Viewing,
    voice: LiveRegion,
}

impl Receiving {
    pub(crate) fn new(voice: LiveRegion) -> Self {
        Self {
            screen: RwSignal::new(ReceiveScreen::Opening),
            link_id: RwSignal::new(None),
            trying: RwSignal::new(false),
            wrong: RwSignal::new(false),
            summary: RwSignal::new(LinkSummary::default()),
            items: RwSignal::new(Vec::new()),
            run: RwSignal::new(Run::start(0, 0)),
            picked: RwSignal::new(BTreeSet::new()),
            asked: RwSignal::new(None),
            cancelled: RwSignal::new(false),
            unfinished: RwSignal::new(None),
            looked: RwSignal::new(false),
            turn: RwSignal::new(0),
            forgotten: RwSignal::new(false),
            kept: RwSignal::new(false),
            placed: RwSignal::new(false),
            received: RwSignal::new(Receipt::default()),
            error: RwSignal::new(None),
            viewing: Viewing::new(voice),
            voice,
        }
    }

    /// The word that `data-state` carries.
    pub(crate) fn state(&self) -> &'static str {
        match self.screen.get() {
            ReceiveScreen::Opening | ReceiveScreen::Unlock | ReceiveScreen::Contents => "idle",
            ReceiveScreen::Working => "working",
            ReceiveScreen::Verified => "verified",
            ReceiveScreen::Failed => "failed",
        }
    }

    /// Whether bytes are under way.
    pub(crate) fn is_running(&self) -> bool {
        self.screen.get() == ReceiveScreen::Working
    }

    /// Comes to the page of a link. Coming back to the same one changes nothing.
    pub(crate) fn visit(self, link_id: &str) {
        if self.link_id.with_untracked(|known| known.as_deref() == Some(link_id)) {
            return;
        }
        self.link_id.set(Some(link_id.to_owned()));
        // A page that was reloaded shows its list: a preview is fetched by a click only.
        dom::leave_preview_entry();
        match engine::received_link() {
            Err(fault @ (LinkFault::NoKey | LinkFault::Incomplete | LinkFault::Altered)) => self.take_kept(fault),
            received_link => self.take(received_link),
        }
    }

    /// Takes the link that this tab opened before; `fault` is what is wrong with the address where there is none.
    fn take_kept(self, fault: LinkFault) {
        self.screen.set(ReceiveScreen::Opening);
        let link_id = self.link_id.get_untracked();
        spawn_local(async move {
            let kept = engine::kept_link().await;
            // The person may be at another link by now.
            if self.link_id.get_untracked() == link_id {
                self.take(match kept {
                    Err(LinkFault::NoKey) => Err(fault),
                    Err(LinkFault::KeyForgotten) if fault != LinkFault::NoKey => Err(fault),
                    kept => kept,
                });
            }
        });
    }

    /// The part after the # sign was changed by hand: begin anew with what it says now.
    pub(crate) fn changed_by_hand(self) {
        if engine::scrub_fragment() {
            self.take(engine::received_link());
        }
    }

    /// Opens a link that was pasted into the page, at its own address. What is wrong with it is an error of its own.
    pub(crate) fn paste(self, link: &str) -> bool {
        match engine::received_link_from_text(link) {
            Ok(received_link) => dom::go(&received_link.expose()),
            Err(fault) => {
                self.take(Err(fault));
                true
            }
        }
    }

    /// The whole link, for its reader to copy.
    pub(crate) fn whole_link(self) -> Option<String> {
        HANDLES.with_borrow(|held| {
            held.received_link
                .as_ref()
                .map(|received_link| received_link.expose().to_string())
        })
    }

    fn take(self, received_link: Result<ReceivedLink, LinkFault>) {
        if let Some(handle) = HANDLES.with_borrow_mut(|held| held.handle.take()) {
            handle.cancel();
        }
        self.viewing.close();
        HANDLES.with_borrow_mut(|held| *held = BrowserHandles::default());
        self.turn.update(|turn| *turn += 1);
        self.cancelled.set(false);
        self.unfinished.set(None);
        self.looked.set(false);
        self.forgotten.set(false);
        self.kept.set(false);
        self.placed.set(false);
        self.wrong.set(false);
        self.error.set(None);
        self.items.set(Vec::new());
        self.picked.set(BTreeSet::new());
        match received_link {
            Err(fault) => self.fail(user_error::link(fault)),
            Ok(_) if !engine::support().can_receive => self.failed(&Failure::new(FailureKind::Unsupported)),
            Ok(received_link) => {
                let gate = received_link.needs_password();
                HANDLES.with_borrow_mut(|held| held.received_link = Some(Rc::new(received_link)));
                if gate {
                    self.screen.set(ReceiveScreen::Unlock);
                } else {
                    self.open(None);
                }
            }
        }
    }

    /// Opens the sealed list; counts nothing.
    pub(crate) fn open(self, password: Option<String>) {
        let Some(received_link) = HANDLES.with_borrow(|held| held.received_link.clone()) else {
            return;
        };
        self.trying.set(true);
        self.wrong.set(false);
        if password.is_none() {
            self.screen.set(ReceiveScreen::Opening);
        }
        spawn_local(async move {
            let answer = received_link.open(password).await;
            self.trying.set(false);
            match answer {
                Ok(opened) => self.read(opened),
                Err(failure) if matches!(failure.kind, FailureKind::WrongPassword) => self.wrong.set(true),
                Err(failure) => self.failed(&failure),
            }
        });
    }

    fn read(self, opened: OpenedLink) {
        let contents = &opened.contents;
        let rows = items::flat(contents.files.iter().map(|(path, len)| (path.as_str(), *len)));
        self.run.set(Run::start(rows.len(), contents.plain_bytes));
        self.summary.set(LinkSummary {
            title: (rows.len() > 1).then(|| names::visible(&contents.name)),
            note: contents
                .note
                .as_deref()
                .filter(|note| !note.trim().is_empty())
                .map(names::visible_lines),
            plain_bytes: contents.plain_bytes,
            expires_at_ms: contents.expires_at_ms,
            downloads_left: contents.downloads_left,
            max_downloads: contents.max_downloads,
        });
        self.items.set(rows);
        let lens = contents.files.iter().map(|(_, len)| *len).collect();
        HANDLES.with_borrow_mut(|held| {
            held.lens = lens;
            held.opened = Some(opened);
        });
        self.screen.set(ReceiveScreen::Contents);
        self.look_for_unfinished();
        dom::when_idle(|| spawn_local(engine::prepare_to_receive()));
    }

    fn look_for_unfinished(self) {
        let Some(opened) = HANDLES.with_borrow(|held| held.opened.clone()) else {
            return;
        };
        let link_id = self.link_id.get_untracked();
        spawn_local(async move {
            // If what looks does not come, the next download looks first.
            let Ok(found) = opened.unfinished().await else { return };
            // The person may have gone on meanwhile, or somewhere else.
            if self.screen.get_untracked() != ReceiveScreen::Contents || self.link_id.get_untracked() != link_id {
                return;
            }
            self.looked.set(true);
            let in_use = found
                .as_ref()
                .is_some_and(|found| found.state == UnfinishedState::InUse);
            if self.unfinished.with_untracked(|known| *known != found) {
                self.unfinished.set(found);
            }
            if in_use {
                set_timeout(move || self.look_for_unfinished(), LOOK_AGAIN);
            }
        });
    }

    /// Ticks rows, or takes their ticks away.
    pub(crate) fn pick(self, rows: &[usize], wanted: bool) {
        self.picked.update(|picked| {
            if wanted {
                picked.extend(rows);
            } else {
                rows.iter().for_each(|row| _ = picked.remove(row));
            }
        });
    }

    /// Ticks every row, or none.
    pub(crate) fn pick_all(self, wanted: bool) {
        let rows = if wanted { self.items.with_untracked(Vec::len) } else { 0 };
        self.picked.set((0..rows).collect());
    }

    /// The same again: the download if the list was open, else the opening.
    pub(crate) fn try_again(self) {
        let choose_again =
            |error: &Option<UserError>| error.as_ref().is_some_and(|error| error.remedy == Remedy::BackToList);
        if self.error.with_untracked(choose_again) {
            self.error.set(None);
            self.screen.set(ReceiveScreen::Contents);
            self.look_for_unfinished();
        } else if self.kept.get_untracked() {
            self.go_on();
        } else if HANDLES.with_borrow(|held| held.opened.is_some()) {
            let place = HANDLES.with_borrow(|held| held.place.clone());
            self.begin(self.asked.get_untracked(), place);
        } else if self.can_try_again() {
            self.error.set(None);
            // The password is not kept: whoever has one types it again.
            if HANDLES.with_borrow(|held| {
                held.received_link
                    .as_ref()
                    .is_some_and(|received_link| received_link.needs_password())
            }) {
                self.screen.set(ReceiveScreen::Unlock);
            } else {
                self.open(None);
            }
        }
    }

    /// Whether there is a link to open. Without one the address is wrong, and trying again cannot help.
    pub(crate) fn can_try_again(self) -> bool {
        HANDLES.with_borrow(|held| held.received_link.is_some())
    }

    /// Whether the link has ended.
    pub(crate) fn is_over(&self) -> bool {
        let ended = |error: &UserError| error.ending == Ending::Ended;
        self.error.with_untracked(|error| error.as_ref().is_some_and(ended))
    }

    /// Whether the list of files is known.
    pub(crate) fn has_list(&self) -> bool {
        self.items.with(|rows| !rows.is_empty())
    }

    fn failed(self, failure: &Failure) {
        self.fail(if self.placed.get_untracked() {
            user_error::receiving_into_place(failure)
        } else {
            user_error::receiving(failure)
        });
    }

    fn fail(self, error: UserError) {
        self.voice.0.set(error.title.to_owned());
        self.error.set(Some(error));
        self.screen.set(ReceiveScreen::Failed);
    }
}

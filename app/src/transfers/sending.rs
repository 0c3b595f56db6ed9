//! One sending, from the first file chosen to the link and what its owner does with it.

use std::cell::RefCell;

use leptos::{prelude::*, task::spawn_local};
use sealdrop_api::links::{LinkState, LinkStatus};

use super::Voice;
use crate::{
    engine::{self, Failure, Owner, Picked, SendEvent, SendHandle, SendOptions, SendProgress},
    messages::t,
    model::{
        items::{self, Item},
        limits::Allowed,
        options::Options,
        qr::{QrPath, qr_path},
        run::{Direction, Run, worth_saying},
        trouble::{self, Trouble},
    },
};

/// Which screen the sending is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SendScreen {
    Choosing,
    Running,
    Sent,
    Stopped,
}

/// The link and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Card {
    pub(crate) link: String,
    pub(crate) address: String,
    pub(crate) key: String,
    pub(crate) files: u64,
    pub(crate) plain_bytes: u64,
    pub(crate) expires_at_ms: f64,
    pub(crate) used: u32,
    pub(crate) max_downloads: u32,
    pub(crate) has_password: bool,
    pub(crate) ended: bool,
    pub(crate) qr: Option<QrPath>,
}

/// What lives on the page's only thread and cannot be a signal's value on a server.
#[derive(Default)]
struct Held {
    picked: Vec<Picked>,
    lens: Vec<u64>,
    handle: Option<SendHandle>,
    owner: Option<Owner>,
}

thread_local! {
    static HELD: RefCell<Held> = RefCell::default();
}

/// The state of the sending, as signals.
#[derive(Clone, Copy)]
pub(crate) struct Sending {
    pub(crate) screen: RwSignal<SendScreen>,
    pub(crate) items: RwSignal<Vec<Item>>,
    /// What was chosen, in sealed bytes.
    pub(crate) weight: RwSignal<u64>,
    pub(crate) options: RwSignal<Options>,
    pub(crate) allowed: RwSignal<Allowed>,
    pub(crate) can_send: RwSignal<bool>,
    /// A drop or a paste brought nothing that can be sent.
    pub(crate) nothing: RwSignal<bool>,
    /// Files are held over the page, so many if the browser tells.
    pub(crate) over: RwSignal<Option<u64>>,
    pub(crate) run: RwSignal<Run>,
    pub(crate) renamed: RwSignal<Vec<(String, String)>>,
    pub(crate) card: RwSignal<Option<Card>>,
    pub(crate) trouble: RwSignal<Option<Trouble>>,
    /// Why the last wish of the owner was not fulfilled.
    pub(crate) owner_error: RwSignal<Option<(&'static str, &'static str)>>,
    voice: Voice,
}

impl Sending {
    pub(crate) fn new(voice: Voice) -> Self {
        let allowed = Allowed::default();
        Self {
            screen: RwSignal::new(SendScreen::Choosing),
            items: RwSignal::new(Vec::new()),
            weight: RwSignal::new(0),
            options: RwSignal::new(Options::from_limits(&allowed)),
            allowed: RwSignal::new(allowed),
            can_send: RwSignal::new(true),
            nothing: RwSignal::new(false),
            over: RwSignal::new(None),
            run: RwSignal::new(Run::start(0, 0)),
            renamed: RwSignal::new(Vec::new()),
            card: RwSignal::new(None),
            trouble: RwSignal::new(None),
            owner_error: RwSignal::new(None),
            voice,
        }
    }

    /// Whether bytes are under way.
    pub(crate) fn is_running(&self) -> bool {
        self.screen.get() == SendScreen::Running
    }

    /// Asks the server what it allows. What was chosen before the answer stays chosen, if it is allowed.
    pub(crate) fn ask_limits(self) {
        if self.allowed.get_untracked().known {
            return;
        }
        self.can_send.set(engine::support().can_send);
        spawn_local(async move {
            let Ok(limits) = engine::limits().await else { return };
            let allowed = Allowed::from(&limits);
            let before = Options::from_limits(&self.allowed.get_untracked());
            self.options.update(|options| {
                if options.expires_in == before.expires_in {
                    options.expires_in = allowed.default_expires_in;
                }
                if options.downloads == before.downloads {
                    options.downloads = allowed.default_downloads;
                }
                options.expires_in = options.expires_in.min(allowed.max_expires_in);
                options.downloads = options.downloads.min(allowed.max_downloads);
            });
            self.allowed.set(allowed);
        });
    }

    /// Adds what was picked, dropped or pasted; the same file twice is one.
    pub(crate) fn add(self, picked: Vec<Picked>) {
        self.nothing.set(picked.is_empty());
        if picked.is_empty() || !matches!(self.screen.get_untracked(), SendScreen::Choosing | SendScreen::Stopped) {
            return;
        }
        HELD.with_borrow_mut(|held| {
            let mut known: std::collections::BTreeSet<_> = held
                .picked
                .iter()
                .map(|file| (file.path.clone(), file.len, file.modified_ms))
                .collect();
            held.picked.extend(
                picked
                    .into_iter()
                    .filter(|file| known.insert((file.path.clone(), file.len, file.modified_ms))),
            );
        });
        self.trouble.set(None);
        self.screen.set(SendScreen::Choosing);
        self.list();
    }

    /// Takes a row off the list.
    pub(crate) fn remove(self, row: usize) {
        let Some(members) = self
            .items
            .with_untracked(|items| items.get(row).map(|item| item.members.clone()))
        else {
            return;
        };
        HELD.with_borrow_mut(|held| {
            let mut at = 0;
            held.picked.retain(|_| {
                at += 1;
                members.binary_search(&(at - 1)).is_err()
            });
        });
        self.list();
    }

    fn list(self) {
        let (rows, weight) = HELD.with_borrow_mut(|held| {
            held.lens = held.picked.iter().map(|file| file.len).collect();
            let rows = items::grouped(held.picked.iter().map(|file| (file.path.as_str(), file.len)));
            (rows, engine::sealed_bytes(&held.picked))
        });
        self.weight.set(weight);
        self.items.set(rows);
    }

    /// Seals and sends what is on the list.
    pub(crate) fn start(self) {
        let allowed = self.allowed.get_untracked();
        let rows = self.items.with_untracked(Vec::len);
        if rows == 0 || allowed.refuses(self.weight.get_untracked()).is_some() {
            return;
        }
        let options = self.options.get_untracked();
        self.run
            .set(Run::start(rows, self.items.with_untracked(|items| items::total(items))));
        self.renamed.set(Vec::new());
        self.trouble.set(None);
        self.screen.set(SendScreen::Running);
        let picked = HELD.with_borrow(|held| held.picked.clone());
        let options = SendOptions {
            note: options.note,
            password: Some(options.password).filter(|password| !password.is_empty()),
            expires_in: options.expires_in,
            max_downloads: options.downloads,
        };
        let handle = engine::send(picked, options, move |event| self.hear(event));
        HELD.with_borrow_mut(|held| held.handle = Some(handle));
    }

    fn hear(self, event: SendEvent) {
        match event {
            SendEvent::Renamed(names) => self.renamed.set(names),
            SendEvent::Progress(progress) => self.progress(&progress),
            SendEvent::Done(sent) => {
                let card = Card {
                    qr: qr_path(&sent.link),
                    files: sent.files as u64,
                    plain_bytes: sent.plain_bytes,
                    expires_at_ms: sent.expires_at_ms,
                    used: 0,
                    max_downloads: sent.max_downloads,
                    has_password: sent.has_password,
                    ended: false,
                    link: sent.link,
                    address: sent.address,
                    key: sent.key,
                };
                HELD.with_borrow_mut(|held| {
                    *held = Held {
                        owner: Some(sent.owner),
                        ..Held::default()
                    }
                });
                self.card.set(Some(card));
                self.clear();
                self.screen.set(SendScreen::Sent);
                self.voice.0.set(t().sent_title.to_owned());
            }
            SendEvent::Failed(failure) => {
                let trouble = trouble::sending(&failure);
                self.voice.0.set(trouble.title.to_owned());
                self.run.update(Run::stopped);
                self.trouble.set(Some(trouble));
                self.screen.set(SendScreen::Stopped);
            }
            SendEvent::Cancelled => self.screen.set(SendScreen::Choosing),
        }
    }

    fn progress(self, progress: &SendProgress) {
        if self.screen.get_untracked() != SendScreen::Running {
            return;
        }
        let before = self.run.get_untracked();
        let mut run = before.clone();
        self.items
            .with_untracked(|rows| HELD.with_borrow(|held| run.sent(progress, rows, &held.lens)));
        if worth_saying(&before, &run) {
            self.voice.0.set((t().progress_text)(
                run.percent(),
                crate::components::stage_words(Direction::Sending, run.stage).0,
            ));
        }
        self.run.set(run);
    }

    pub(crate) fn pause(self) {
        with_handle(SendHandle::pause);
    }

    pub(crate) fn resume(self) {
        with_handle(SendHandle::resume);
    }

    pub(crate) fn try_now(self) {
        with_handle(SendHandle::try_now);
    }

    pub(crate) fn cancel(self) {
        with_handle(SendHandle::cancel);
    }

    /// From a stopped sending back to the list.
    pub(crate) fn back(self) {
        self.trouble.set(None);
        self.screen.set(SendScreen::Choosing);
    }

    /// Begins anew, with nothing chosen; the link on the screen is forgotten.
    pub(crate) fn again(self) {
        HELD.with_borrow_mut(|held| *held = Held::default());
        self.card.set(None);
        self.owner_error.set(None);
        self.renamed.set(Vec::new());
        self.screen.set(SendScreen::Choosing);
    }

    fn clear(self) {
        self.items.set(Vec::new());
        self.weight.set(0);
        self.options.set(Options::from_limits(&self.allowed.get_untracked()));
    }

    /// Asks how often the link was used.
    pub(crate) fn refresh(self) {
        let Some(owner) = owner() else { return };
        spawn_local(async move {
            if let Ok(status) = owner.status().await {
                self.learn(&status);
            }
        });
    }

    pub(crate) fn extend(self, expires_in: u64) {
        let Some(owner) = owner() else { return };
        spawn_local(async move {
            let answer = owner.extend(expires_in).await;
            self.owner_answer(answer);
        });
    }

    pub(crate) fn limit(self, max_downloads: u32) {
        let Some(owner) = owner() else { return };
        spawn_local(async move {
            let answer = owner.limit(max_downloads).await;
            self.owner_answer(answer);
        });
    }

    pub(crate) fn revoke(self) {
        let Some(owner) = owner() else { return };
        spawn_local(async move {
            match owner.revoke().await {
                Ok(()) => {
                    self.owner_error.set(None);
                    self.end();
                }
                Err(failure) => self.owner_failed(&failure),
            }
        });
    }

    fn owner_answer(self, answer: Result<LinkStatus, Failure>) {
        match answer {
            Ok(status) => {
                self.owner_error.set(None);
                self.learn(&status);
            }
            Err(failure) => self.owner_failed(&failure),
        }
    }

    fn learn(self, status: &LinkStatus) {
        if status.state == LinkState::Revoked {
            return self.end();
        }
        self.card.update(|card| {
            if let Some(card) = card {
                card.used = status.used;
                card.max_downloads = status.max_downloads;
                #[expect(clippy::cast_precision_loss, reason = "seconds of a date are far below 2^53")]
                let at = status.expires_at.unix_timestamp() as f64;
                card.expires_at_ms = at * 1000.0;
            }
        });
    }

    fn owner_failed(self, failure: &Failure) {
        let name = trouble::name(failure);
        let gone = name.starts_with("link-");
        let text = if gone { t().owner_gone } else { t().owner_failed };
        self.voice.0.set(text.to_owned());
        self.owner_error.set(Some((name, text)));
    }

    fn end(self) {
        self.voice.0.set(t().revoked_title.to_owned());
        self.card.update(|card| {
            if let Some(card) = card {
                card.ended = true;
            }
        });
    }
}

fn owner() -> Option<Owner> {
    HELD.with_borrow(|held| held.owner.clone())
}

fn with_handle(wish: impl FnOnce(&SendHandle)) {
    HELD.with_borrow(|held| {
        if let Some(handle) = &held.handle {
            wish(handle);
        }
    });
}

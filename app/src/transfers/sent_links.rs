//! The links that were sent from here: those that this browser keeps, and those of this visit that it does not.

use std::{cell::RefCell, collections::BTreeMap};

use leptos::{prelude::*, task::spawn_local};
use sealdrop_api::links::LinkState;

use super::live_region::LiveRegion;
use crate::{
    engine::{self, Failure, FailureKind, OwnLink, Owner},
    messages::t,
    model::{
        qr::{QrPath, qr_path},
        user_error,
    },
};

/// Why a link is kept in this browser, or is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeping {
    Kept,
    /// The sender did not want it.
    NotWanted,
    /// The browser cannot.
    Impossible,
}

/// What is known of a link, and how it was passed on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SentLinkState {
    pub(crate) own: OwnLink,
    pub(crate) qr: Option<QrPath>,
    pub(crate) keeping: Keeping,
    /// It was copied, shared or put into a mail from this page.
    pub(crate) passed_on: bool,
    /// What became of the last question to the server.
    pub(crate) answer: Answer,
}

/// What became of the last question about a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Nothing was asked yet, or it answered.
    Fine,
    /// The server cannot be reached now.
    Away,
    /// The server does not know the link any more.
    Gone,
}

/// How a link came to its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Over {
    /// Its owner closed it.
    Revoked,
    /// The operator of the server removed it.
    Removed,
    /// Its time is over.
    Expired,
    /// Its last download is used: until that instant its owner may allow more.
    UsedUp { until_ms: f64 },
    /// Its last download was used, and the files are deleted.
    UsedUpAndDeleted,
    /// The server does not know it any more.
    Gone,
}

impl SentLinkState {
    pub(crate) fn new(own: OwnLink, keeping: Keeping) -> Self {
        Self {
            qr: qr_path(&own.link),
            own,
            keeping,
            passed_on: false,
            answer: Answer::Fine,
        }
    }

    /// How it came to its end, if it did.
    pub(crate) fn over(&self) -> Option<Over> {
        match (self.own.facts.state, self.own.facts.revivable_until_ms) {
            (LinkState::Revoked, _) => Some(Over::Revoked),
            (LinkState::Removed, _) => Some(Over::Removed),
            (LinkState::Expired, _) => Some(Over::Expired),
            (LinkState::Active | LinkState::Exhausted, _) if self.answer == Answer::Gone => Some(Over::Gone),
            (LinkState::Exhausted, Some(until_ms)) => Some(Over::UsedUp {
                until_ms: until_ms as f64,
            }),
            (LinkState::Exhausted, None) => Some(Over::UsedUpAndDeleted),
            (LinkState::Active, _) => None,
        }
    }

    /// Whether it does not open, but does again if it is allowed more downloads.
    pub(crate) fn is_used_up(&self) -> bool {
        matches!(self.over(), Some(Over::UsedUp { .. }))
    }

    /// Whether nothing opens the link any more, whatever its owner does.
    pub(crate) fn is_gone(&self) -> bool {
        self.over().is_some() && !self.is_used_up()
    }

    /// Whether leaving the page would lose it.
    fn is_at_risk(&self) -> bool {
        self.keeping != Keeping::Kept && !self.passed_on && !self.is_gone()
    }
}

thread_local! {
    /// By the id of their link: what lives on the page's only thread and cannot be a signal's value on a server.
    static OWNERS: RefCell<BTreeMap<String, Owner>> = RefCell::default();
}

/// One link of the list.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct SentLink {
    pub(crate) card: RwSignal<SentLinkState>,
    /// Why the last wish of the owner was not fulfilled.
    pub(crate) error: RwSignal<Option<(&'static str, &'static str)>>,
    voice: LiveRegion,
}

impl SentLink {
    pub(crate) fn new(card: SentLinkState, voice: LiveRegion) -> Self {
        Self {
            card: RwSignal::new(card),
            error: RwSignal::new(None),
            voice,
        }
    }

    pub(crate) fn id(self) -> String {
        self.card.with_untracked(|card| card.own.link_id.clone())
    }

    fn owner(self) -> Option<Owner> {
        let id = self.id();
        OWNERS.with_borrow(|owners| owners.get(&id).cloned())
    }

    /// It was copied, shared or put into a mail.
    pub(crate) fn pass_on(self) {
        self.card.update(|card| card.passed_on = true);
    }

    /// Asks how often the link was used.
    pub(crate) fn refresh(self) {
        spawn_local(self.ask());
    }

    async fn ask(self) {
        let Some(owner) = self.owner() else { return };
        match owner.refresh().await {
            Ok(own) => self.learn(own),
            Err(failure) => self.unanswered(&failure),
        }
    }

    pub(crate) fn extend(self, expires_in: u64) {
        let Some(owner) = self.owner() else { return };
        spawn_local(async move { self.answered(owner.extend(expires_in).await) });
    }

    pub(crate) fn limit(self, max_downloads: u32) {
        let Some(owner) = self.owner() else { return };
        spawn_local(async move { self.answered(owner.limit(max_downloads).await) });
    }

    pub(crate) fn change_note(self, note: String) {
        let Some(owner) = self.owner() else { return };
        spawn_local(async move { self.answered(owner.change_note(note).await) });
    }

    pub(crate) fn change_password(self, password: String) {
        let Some(owner) = self.owner() else { return };
        spawn_local(async move {
            let answer = owner.change_password(password).await;
            if answer.is_ok() {
                self.voice.0.set(t().password_changed.to_owned());
            }
            self.answered(answer);
        });
    }

    pub(crate) fn revoke(self) {
        let Some(owner) = self.owner() else { return };
        spawn_local(async move { self.answered(owner.revoke().await) });
    }

    fn answered(self, answer: Result<OwnLink, Failure>) {
        match answer {
            Ok(own) => {
                self.error.set(None);
                self.learn(own);
            }
            Err(failure) => {
                let name = user_error::name(&failure);
                let text = match failure.kind {
                    FailureKind::NotLoaded => t().owner_not_loaded,
                    _ if name.starts_with("link-") => t().owner_gone,
                    _ => t().owner_failed,
                };
                self.voice.0.set(text.to_owned());
                self.error.set(Some((name, text)));
                self.unanswered(&failure);
            }
        }
    }

    fn learn(self, own: OwnLink) {
        let before = self.card.with_untracked(|card| card.own.facts.state);
        if own.facts.state == LinkState::Revoked && before != LinkState::Revoked {
            self.voice.0.set(t().revoked_title.to_owned());
        }
        self.card.update(|card| {
            if card.keeping == Keeping::Kept && !own.is_kept {
                card.keeping = Keeping::Impossible;
            }
            card.own = own;
            card.answer = Answer::Fine;
        });
    }

    fn unanswered(self, failure: &Failure) {
        let answer = match failure.kind {
            FailureKind::LinkGone => Answer::Gone,
            FailureKind::ServerAway => Answer::Away,
            _ => return,
        };
        self.card.update(|card| card.answer = answer);
    }
}

/// All of them.
#[derive(Clone, Copy)]
pub(crate) struct SentLinks {
    /// Newest first.
    pub(crate) all: RwSignal<Vec<SentLink>>,
    /// Whether this browser was asked for those that it keeps.
    pub(crate) known: RwSignal<bool>,
    /// Whether this browser can keep any.
    pub(crate) can_keep: RwSignal<bool>,
    /// The one whose details are shown in the list, by its id.
    pub(crate) open: RwSignal<Option<String>>,
    voice: LiveRegion,
}

impl SentLinks {
    pub(crate) fn new(voice: LiveRegion) -> Self {
        Self {
            all: RwSignal::new(Vec::new()),
            known: RwSignal::new(false),
            can_keep: RwSignal::new(true),
            open: RwSignal::new(None),
            voice,
        }
    }

    /// Adds the link that was just sent.
    pub(crate) fn add(self, own: OwnLink, owner: Owner, wanted: bool) -> SentLink {
        let keeping = match (own.is_kept, wanted) {
            (true, _) => Keeping::Kept,
            (false, false) => Keeping::NotWanted,
            (false, true) => Keeping::Impossible,
        };
        let link = self.hold(own, owner, keeping);
        self.all.update(|all| all.insert(0, link));
        link
    }

    fn hold(self, own: OwnLink, owner: Owner, keeping: Keeping) -> SentLink {
        OWNERS.with_borrow_mut(|owners| owners.insert(own.link_id.clone(), owner));
        SentLink::new(SentLinkState::new(own, keeping), self.voice)
    }

    /// Reads what this browser keeps, once for each visit, and asks the server about the newest `ask`.
    pub(crate) async fn read(self, ask: usize) {
        if !self.known.get_untracked() {
            let found = engine::sent_links().await;
            self.can_keep.set(found.is_some());
            // Another reading may have been quicker.
            if !self.known.get_untracked() {
                for owner in found.unwrap_or_default() {
                    let Some(own) = owner.look() else { continue };
                    if self.find(&own.link_id).is_none() {
                        let link = self.hold(own, owner, Keeping::Kept);
                        self.all.update(|all| all.push(link));
                    }
                }
                self.known.set(true);
            }
        }
        let newest: Vec<SentLink> = self.all.with_untracked(|all| all.iter().take(ask).copied().collect());
        for link in newest {
            let may_change = link.card.with_untracked(|card| !card.is_gone());
            if may_change {
                link.ask().await;
            }
        }
    }

    /// The link of this id, if it is known here.
    pub(crate) fn find(self, id: &str) -> Option<SentLink> {
        let is_it = |link: &&SentLink| link.card.with_untracked(|card| card.own.link_id == id);
        self.all.with_untracked(|all| all.iter().find(is_it).copied())
    }

    /// Takes a link off the list, and out of what this browser keeps.
    pub(crate) fn forget(self, link: SentLink) {
        let Some(owner) = link.owner() else { return };
        spawn_local(async move {
            if !owner.forget().await {
                link.error.set(Some(("not-forgotten", t().forget_failed)));
                self.voice.0.set(t().forget_failed.to_owned());
                return;
            }
            let id = link.id();
            self.all.update(|all| all.retain(|other| *other != link));
            OWNERS.with_borrow_mut(|owners| owners.remove(&id));
            self.voice.0.set(t().forgotten_link.to_owned());
        });
    }

    /// Whether leaving the page would lose a link that was neither copied nor kept.
    pub(crate) fn is_at_risk(self) -> bool {
        self.all.with_untracked(|all| {
            all.iter()
                .any(|link| link.card.with_untracked(SentLinkState::is_at_risk))
        })
    }
}

//! The links of the user, on the page of the account. The server knows their dates, sizes and states; what they are called is known
//! only where this browser made them, and keeps them.

use std::collections::BTreeMap;

use leptos::prelude::*;
use sealdrop_api::{
    LinkId,
    links::{LinkEvent, LinkState, LinkStatus},
};

use crate::engine;

/// What is known of what happened to a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Timeline {
    /// It was asked for.
    Reading,
    /// The server did not answer.
    Failed,
    /// The newest first.
    Known(Vec<LinkEvent>),
}

/// What the list shows.
#[derive(Clone, Copy)]
pub(crate) struct OwnLinks {
    pub(crate) all: RwSignal<Vec<LinkStatus>>,
    /// Where the next page begins.
    pub(crate) next: RwSignal<Option<u32>>,
    /// By the ids of links that this browser keeps.
    pub(crate) names: RwSignal<BTreeMap<LinkId, String>>,
    /// The link for which another end is being chosen.
    pub(crate) extending: RwSignal<Option<LinkId>>,
    /// The link that is about to be ended.
    pub(crate) ending: RwSignal<Option<LinkId>>,
    /// The link of which it is shown what happened to it.
    pub(crate) timeline_of: RwSignal<Option<LinkId>>,
    pub(crate) timeline: RwSignal<Timeline>,
}

impl OwnLinks {
    pub(super) fn new() -> Self {
        Self {
            all: RwSignal::new(Vec::new()),
            next: RwSignal::new(None),
            names: RwSignal::new(BTreeMap::new()),
            extending: RwSignal::new(None),
            ending: RwSignal::new(None),
            timeline_of: RwSignal::new(None),
            timeline: RwSignal::new(Timeline::Reading),
        }
    }

    pub(super) fn forget(self) {
        self.all.set(Vec::new());
        self.next.set(None);
        self.names.set(BTreeMap::new());
        self.extending.set(None);
        self.ending.set(None);
        self.timeline_of.set(None);
        self.timeline.set(Timeline::Reading);
    }

    /// Takes in a page; one that was there before is as it is now.
    pub(super) fn add(self, page: Vec<LinkStatus>, next: Option<u32>) {
        self.all.update(|all| {
            for link in page {
                match all.iter_mut().find(|one| one.link_id == link.link_id) {
                    Some(one) => *one = link,
                    None => all.push(link),
                }
            }
        });
        self.next.set(next);
    }

    /// Notes that one was ended, where the server did not say how it is now.
    pub(super) fn note_ended(self, link: LinkId) {
        self.all.update(|all| {
            if let Some(one) = all.iter_mut().find(|one| one.link_id == link) {
                one.state = LinkState::Revoked;
            }
        });
    }

    /// Takes one out that the server does not know any more.
    pub(super) fn drop(self, link: LinkId) {
        self.all.update(|all| all.retain(|one| one.link_id != link));
    }

    pub(super) fn put(self, link: LinkStatus) {
        self.add(vec![link], self.next.get_untracked());
    }

    /// What this browser calls the links that it keeps.
    pub(super) async fn read_names(self) {
        if !engine::may_have_stored().await {
            return;
        }
        let owners = engine::sent_links().await.unwrap_or_default();
        let named = owners.iter().filter_map(|owner| {
            let own = owner.look()?;
            Some((own.link_id.parse().ok()?, own.facts.name))
        });
        self.names.set(named.collect());
    }
}

/// The id of the button that shows what happened to a link: every row has one, whatever became of the link.
pub(crate) fn timeline_button(link: LinkId) -> String {
    format!("timeline-{link}")
}

/// The id of the button that gives a link another end.
pub(crate) fn extend_button(link: LinkId) -> String {
    format!("extend-{link}")
}

/// The id of the button that asks whether a link shall end.
pub(crate) fn end_button(link: LinkId) -> String {
    format!("end-{link}")
}

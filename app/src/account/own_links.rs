//! The links of the user, on the page of the account. The server knows their dates, sizes and states; what they are called is known
//! only where this browser made them, and keeps them.

use std::collections::BTreeMap;

use leptos::prelude::*;
use sealdrop_api::{LinkId, links::LinkStatus};

use crate::engine;

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
}

impl OwnLinks {
    pub(super) fn new() -> Self {
        Self {
            all: RwSignal::new(Vec::new()),
            next: RwSignal::new(None),
            names: RwSignal::new(BTreeMap::new()),
            extending: RwSignal::new(None),
            ending: RwSignal::new(None),
        }
    }

    pub(super) fn forget(self) {
        self.all.set(Vec::new());
        self.next.set(None);
        self.names.set(BTreeMap::new());
        self.extending.set(None);
        self.ending.set(None);
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

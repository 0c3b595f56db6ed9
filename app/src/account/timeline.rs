//! What happened to one link of the user: asked for when it is opened.

use leptos::{prelude::*, task::spawn_local};
use sealdrop_api::{LinkId, ProblemType};

use super::{overview::Overview, own_links::Timeline};
use crate::engine::account;

impl Overview {
    /// Asks the server what happened to a link.
    pub(crate) fn read_timeline(self, link: LinkId) {
        self.links.timeline.set(Timeline::Reading);
        spawn_local(async move {
            let answer = account::link_events(link).await;
            // Another one was opened, or this one was closed.
            if self.links.timeline_of.get_untracked() != Some(link) {
                return;
            }
            match answer {
                Ok(events) => self.links.timeline.set(Timeline::Known(events)),
                Err(refused) if refused.problem == Some(ProblemType::Unauthenticated) => self.refuse(&refused),
                Err(_) => self.links.timeline.set(Timeline::Failed),
            }
        });
    }
}

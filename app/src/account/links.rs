//! What a user does with their links, on the page of the account.

use leptos::{prelude::*, task::spawn_local};
use sealdrop_api::{LinkId, ProblemType, links::LinkChange};

use super::{
    overview::Overview,
    own_links::{extend_button, timeline_button},
    wish::Place,
};
use crate::{dom, engine::account, messages::account as words};

impl Overview {
    /// The next page of links.
    pub(crate) fn more_links(self) {
        let Some(after) = self.links.next.get_untracked() else {
            return;
        };
        if !self.takes(Place::Links) {
            return;
        }
        spawn_local(async move {
            match account::links(after).await {
                Ok(page) => {
                    self.links.add(page.links, page.next);
                    self.busy.set(false);
                }
                Err(refused) => self.refuse(&refused),
            }
        });
    }

    /// Pauses a link, or goes on with it.
    pub(crate) fn pause(self, link: LinkId, paused: bool) {
        let change = LinkChange {
            paused: Some(paused),
            ..LinkChange::default()
        };
        let m = words();
        self.change_link(link, change, if paused { m.link_paused } else { m.link_goes_on });
    }

    /// Gives a link so many seconds from now.
    pub(crate) fn extend(self, link: LinkId, expires_in: u64) {
        let change = LinkChange {
            expires_in: Some(expires_in),
            ..LinkChange::default()
        };
        self.change_link(link, change, words().link_extended);
    }

    fn change_link(self, link: LinkId, change: LinkChange, said: &'static str) {
        if !self.takes(Place::Links) {
            return;
        }
        spawn_local(async move {
            match account::change_link(link, change).await {
                Ok(status) => {
                    self.links.put(status);
                    if self.links.extending.get_untracked() == Some(link) {
                        self.links.extending.set(None);
                        request_animation_frame(move || dom::focus(&extend_button(link)));
                    }
                    self.say(said);
                }
                Err(refused) => self.refuse(&refused),
            }
        });
    }

    /// Ends a link: its files are deleted, and their space is free.
    pub(crate) fn end_link(self, link: LinkId) {
        if !self.takes(Place::Links) {
            return;
        }
        spawn_local(async move {
            match account::end_link(link).await {
                Ok(()) => {}
                // It was forgotten by itself.
                Err(refused) if refused.problem == Some(ProblemType::LinkNotFound) => {}
                Err(refused) => return self.refuse(&refused),
            }
            match account::link(link).await {
                Ok(status) => self.links.put(status),
                Err(refused) if refused.problem == Some(ProblemType::LinkNotFound) => self.links.drop(link),
                // It is ended all the same; the next look at the page says the rest.
                Err(_) => self.links.note_ended(link),
            }
            self.links.ending.set(None);
            // The buttons that were pressed are gone.
            request_animation_frame(move || dom::focus(&timeline_button(link)));
            self.say(words().link_ended);
            // What it held is free again.
            if let Ok(user) = account::account().await {
                self.user.set(Some(user));
            }
        });
    }
}

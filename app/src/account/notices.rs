//! Choosing notices: a box may be clicked while another change is on its way.

use leptos::{prelude::*, task::spawn_local};
use sealdrop_api::account::Notices;

use super::{overview::Overview, wish::Place};
use crate::{
    engine::account,
    model::notices::{Choice, changed, joined},
};

impl Overview {
    /// Chooses one thing. The box shows it at once, and again what holds if it was refused.
    pub(crate) fn choose_notice(self, choice: Choice, is_wanted: bool) {
        let Some(held) = self.user.with_untracked(|user| user.as_ref().map(|user| user.notices)) else {
            return;
        };
        let (changes, wish) = (self.notices, choice.wish(is_wanted));
        self.show_notices(changed(held, wish));
        changes.waiting.update_value(|waiting| {
            *waiting = Some(joined(waiting.unwrap_or_default(), wish));
        });
        if !changes.is_sending.get_value() {
            changes.is_sending.set_value(true);
            spawn_local(async move {
                self.send_notices(held).await;
                changes.is_sending.set_value(false);
            });
        }
    }

    async fn send_notices(self, mut held: Notices) {
        self.at.set(Place::Notices);
        self.trouble.set(None);
        self.said.set(None);
        while let Some(change) = self.notices.take() {
            match account::choose_notices(change).await {
                Ok(user) => held = user.notices,
                Err(refused) => {
                    self.notices.take();
                    self.show_notices(held);
                    self.at.set(Place::Notices);
                    return self.say_refused(&refused);
                }
            }
        }
    }

    fn show_notices(self, notices: Notices) {
        self.user.update(|user| {
            if let Some(user) = user {
                user.notices = notices;
            }
        });
    }
}

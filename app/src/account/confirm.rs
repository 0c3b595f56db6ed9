//! What matters needs a sign-in that is not long ago, or a code: the wish waits for it, and is done then.

use leptos::{prelude::*, task::spawn_local};
use sealdrop_api::ProblemType;

use super::{
    overview::Overview,
    wish::{Confirming, Place, Wish},
};
use crate::{engine::account, messages::account as words, visitor::Notice};

impl Overview {
    /// Whether something of this part of the page waits for a code.
    pub(crate) fn confirms_at(self, place: Place) -> bool {
        self.confirming
            .with(|waiting| waiting.as_ref().is_some_and(|waiting| waiting.wish.place() == place))
    }

    /// Does it; asks for a code first where the server wants one.
    pub(super) async fn try_to(self, wish: Wish) {
        let done = match &wish {
            Wish::Token(new) => self.create_token(new.clone()).await,
            Wish::NewEmail(to) => self.send_change_code(to.clone()).await,
            Wish::Export => self.save_export().await,
            Wish::Close => self.close_now().await,
        };
        match done {
            Ok(()) => {
                self.confirming.set(None);
                self.busy.set(false);
            }
            Err(refused) if refused.problem == Some(ProblemType::StepUpNeeded) => {
                self.confirming.set(Some(Confirming { wish, is_sent: false }));
                self.busy.set(false);
            }
            Err(refused) => self.refuse(&refused),
        }
    }

    /// Leaves it. What was typed stays.
    pub(crate) fn leave(self) {
        self.trouble.set(None);
        if let Some(waiting) = self.confirming.get_untracked() {
            match waiting.wish {
                Wish::Token(new) => self.token_draft.set(Some(new)),
                Wish::NewEmail(to) => self.email_draft.set(to),
                Wish::Export | Wish::Close => {}
            }
        }
        self.confirming.set(None);
    }

    /// Sends the code that shows that it is them.
    pub(crate) fn ask_code(self) {
        let Some(place) = self
            .confirming
            .with_untracked(|waiting| Some(waiting.as_ref()?.wish.place()))
        else {
            return;
        };
        if !self.takes(place) {
            return;
        }
        spawn_local(async move {
            match account::ask_code(None).await {
                Ok(_) => {
                    self.confirming.update(|waiting| {
                        if let Some(waiting) = waiting {
                            waiting.is_sent = true;
                        }
                    });
                    self.busy.set(false);
                }
                Err(refused) => self.refuse(&refused),
            }
        });
    }

    /// Shows with the code that it is them, and does what waited for it.
    pub(crate) fn confirm(self, code: String) {
        let Some(waiting) = self.confirming.get_untracked() else {
            return;
        };
        if !self.takes(waiting.wish.place()) {
            return;
        }
        spawn_local(async move {
            match account::step_up(code).await {
                Ok(()) => self.try_to(waiting.wish).await,
                Err(refused) => {
                    let is_over = refused.problem == Some(ProblemType::CodeEnded) || refused.tries_left == Some(0);
                    self.refuse_code(&refused);
                    if is_over {
                        // One click asks for a new one.
                        self.confirming.set(Some(Confirming {
                            is_sent: false,
                            ..waiting
                        }));
                    }
                }
            }
        });
    }

    /// Says what is wrong with a code.
    pub(super) fn refuse_code(self, refused: &account::Refused) {
        self.refuse(refused);
        if refused.problem == Some(ProblemType::InvalidRequest) {
            self.object(
                self.at.get_untracked(),
                Notice::CodeMalformed.name(),
                words().code_malformed,
            );
        }
    }
}

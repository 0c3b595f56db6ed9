//! Changing the account and closing it: its address, a file with all there is, the end.

use leptos::{prelude::*, task::spawn_local};
use sealdrop_api::ProblemType;

use super::{
    overview::Overview,
    sign_in::notice_of,
    tabs::{tell_of_change, tell_other_tabs},
    wish::{Place, Wish},
};
use crate::{
    engine::account::{self, Refused},
    messages::account as words,
    visitor::Notice,
};

impl Overview {
    /// Sends a code to a new address.
    pub(crate) fn ask_change(self, to: String) {
        let to = to.trim().to_owned();
        let m = words();
        let is_same = self
            .signed_in
            .email
            .with_untracked(|email| email.as_ref().is_some_and(|email| email.eq_ignore_ascii_case(&to)));
        if is_same {
            return self.object(Place::Email, "email-same", m.email_same);
        }
        if to.is_empty() {
            return self.object(Place::Email, Notice::EmailRefused.name(), m.email_refused);
        }
        if self.takes(Place::Email) {
            spawn_local(self.try_to(Wish::NewEmail(to)));
        }
    }

    pub(super) async fn send_change_code(self, to: String) -> Result<(), Refused> {
        match account::ask_change_code(to.clone()).await {
            Ok(_) => {
                self.email_draft.set(String::new());
                self.new_email.set(Some(to));
                Ok(())
            }
            // What was typed stays where it can be mended.
            Err(refused) if notice_of(&refused, Notice::EmailRefused) == Notice::EmailRefused => {
                self.email_draft.set(to);
                self.object(Place::Email, Notice::EmailRefused.name(), words().email_refused);
                Ok(())
            }
            Err(refused) => Err(refused),
        }
    }

    /// Changes the address with the code that was sent there, as it was typed.
    pub(crate) fn change_email(self, code: String) {
        if !self.takes(Place::Email) {
            return;
        }
        spawn_local(async move {
            match account::change_email(code).await {
                Ok(user) => {
                    self.new_email.set(None);
                    self.signed_in.email.set(Some(user.email.0.clone()));
                    self.user.set(Some(user));
                    tell_of_change();
                    self.read_access().await;
                    self.said.set(Some(words().email_changed));
                    self.busy.set(false);
                }
                Err(refused) => {
                    let is_over = matches!(refused.problem, Some(ProblemType::CodeEnded | ProblemType::EmailTaken))
                        || refused.tries_left == Some(0);
                    self.refuse_code(&refused);
                    if is_over {
                        self.leave_change();
                    }
                }
            }
        });
    }

    /// Back to the address that was typed. The code that was sent there stays good as long as it was.
    pub(crate) fn leave_change(self) {
        if let Some(to) = self.new_email.get_untracked() {
            self.email_draft.set(to);
        }
        self.new_email.set(None);
    }

    /// Saves a file with everything that the server holds about the user.
    pub(crate) fn export(self) {
        if self.takes(Place::Data) {
            spawn_local(self.try_to(Wish::Export));
        }
    }

    pub(super) async fn save_export(self) -> Result<(), Refused> {
        account::save_export().await?;
        self.said.set(Some(words().exported));
        Ok(())
    }

    /// Closes the account.
    pub(crate) fn close(self) {
        if self.takes(Place::Data) {
            spawn_local(self.try_to(Wish::Close));
        }
    }

    pub(super) async fn close_now(self) -> Result<(), Refused> {
        account::close_account().await?;
        self.signed_in.left(Notice::AccountClosed);
        tell_other_tabs();
        Ok(())
    }
}

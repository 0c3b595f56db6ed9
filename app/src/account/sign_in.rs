//! Signing in: an address, then the code that was sent there.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use sealdrop_api::{ProblemType, auth::CodePurpose};

use super::{signed_in::SignedIn, tabs};
use crate::{
    engine::{
        self,
        account::{self, Refused},
    },
    messages::account as words,
    visitor::{CodeSent, Notice, Visitor},
};

/// How often a code may be typed.
const TRIES: u32 = 5;
/// Ids of the two fields.
pub(crate) const EMAIL: &str = "email";
pub(crate) const CODE: &str = "code";

/// What is wrong: a stable name, and how it is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) name: &'static str,
    pub(crate) text: String,
}

/// Where signing in stands.
#[derive(Clone, Copy)]
pub(crate) struct SigningIn {
    pub(crate) signed_in: SignedIn,
    /// The code that was asked for; without one an address is asked for.
    pub(crate) sent: RwSignal<Option<CodeSent>>,
    /// The code is good no more: only a new one helps.
    pub(crate) ended: RwSignal<bool>,
    pub(crate) trouble: RwSignal<Option<Trouble>>,
    /// What is said that is no trouble.
    pub(crate) said: RwSignal<Option<&'static str>>,
    /// Where this server is, if the page was opened elsewhere.
    pub(crate) home: RwSignal<Option<String>>,
    /// A request is on its way: there is never a second one.
    pub(crate) busy: RwSignal<bool>,
    /// Seconds before the code can be sent again.
    pub(crate) wait: RwSignal<u64>,
}

impl SigningIn {
    /// As the head of the page says, where it still holds.
    pub(crate) fn new(signed_in: SignedIn) -> Self {
        let visitor = match signed_in.fresh.get_value() {
            true => engine::visitor(),
            false => Visitor::default(),
        };
        let wait = visitor.code.as_ref().map_or(0, |code| code.resend_in);
        let this = Self {
            signed_in,
            sent: RwSignal::new(visitor.code),
            ended: RwSignal::new(false),
            trouble: RwSignal::new(None),
            said: RwSignal::new(None),
            home: RwSignal::new(visitor.home),
            busy: RwSignal::new(false),
            wait: RwSignal::new(wait),
        };
        this.note(visitor.notice);
        signed_in.on_departure(move || this.forget());
        this
    }

    /// Begins to count the wait, and asks where things stand if the head of the page does not say it.
    pub(crate) fn begin(self) {
        let clock = set_interval_with_handle(
            move || {
                if self.wait.try_get_untracked().is_some_and(|wait| wait > 0) {
                    self.wait.update(|wait| *wait -= 1);
                }
            },
            Duration::from_secs(1),
        );
        on_cleanup(move || {
            if let Ok(clock) = clock {
                clock.clear();
            }
        });
        if self.signed_in.fresh.get_value() {
            self.signed_in.fresh.set_value(false);
            return;
        }
        self.note(self.signed_in.notice.get_untracked());
        self.signed_in.notice.set(None);
        spawn_local(async move {
            // Another tab may have signed in, or asked for a code.
            if let Ok(user) = account::account().await {
                self.signed_in.email.set(Some(user.email.0));
                return;
            }
            let Ok(status) = account::challenge().await else { return };
            if self.busy.get_untracked() || self.ended.get_untracked() {
                return;
            }
            let status = status.filter(|status| status.purpose == CodePurpose::SignIn);
            self.wait.set(status.as_ref().map_or(0, |status| status.resend_in));
            self.sent.set(status.map(|status| CodeSent {
                email: status.email.0,
                resend_in: status.resend_in,
                tries_left: status.tries_left,
            }));
        });
    }

    /// Nothing of who was here stays.
    fn forget(self) {
        self.sent.set(None);
        self.trouble.set(None);
        self.said.set(None);
        self.ended.set(false);
        self.busy.set(false);
    }

    fn note(self, notice: Option<Notice>) {
        let m = words();
        match notice {
            None => {}
            Some(Notice::SignedOut) => self.said.set(Some(m.signed_out)),
            Some(Notice::SessionEnded) => self.said.set(Some(m.session_ended)),
            Some(Notice::AccountClosed) => self.said.set(Some(m.account_closed)),
            Some(notice) => self.trouble.set(Some(self.of_notice(notice))),
        }
    }

    fn of_notice(self, notice: Notice) -> Trouble {
        let m = words();
        let left = self
            .sent
            .with_untracked(|sent| sent.as_ref().map(|sent| sent.tries_left));
        let text = match notice {
            Notice::CodeWrong => left.map_or_else(|| m.code_ended.to_owned(), m.code_wrong),
            Notice::CodeMalformed => m.code_malformed.to_owned(),
            Notice::CodeEnded => m.code_ended.to_owned(),
            Notice::EmailRefused => m.email_refused.to_owned(),
            Notice::TooMany => m.too_many.to_owned(),
            _ => m.away.to_owned(),
        };
        Trouble {
            name: notice.name(),
            text,
        }
    }

    /// Whether a request may begin; then none other may.
    fn takes(self) -> bool {
        if self.busy.get_untracked() {
            return false;
        }
        self.busy.set(true);
        self.said.set(None);
        true
    }

    fn refuse(self, notice: Notice) {
        self.trouble.set(Some(self.of_notice(notice)));
        self.busy.set(false);
    }

    /// Sends a code to an address.
    pub(crate) fn ask(self, email: String) {
        let email = email.trim().to_owned();
        if !self.takes() {
            return;
        }
        if email.is_empty() {
            self.refuse(Notice::EmailRefused);
            return;
        }
        spawn_local(async move {
            let before = self.sent.get_untracked().map(|sent| sent.tries_left);
            match account::ask_code(Some(email.clone())).await {
                Ok(resend_in) => {
                    let again = before.filter(|_| !self.ended.get_untracked());
                    self.trouble.set(None);
                    self.wait.set(resend_in);
                    self.said.set(again.map(|_| words().sent_again));
                    self.ended.set(false);
                    self.sent.set(Some(CodeSent {
                        email,
                        resend_in,
                        tries_left: again.unwrap_or(TRIES),
                    }));
                    self.busy.set(false);
                }
                Err(refused) => self.refuse(notice_of(&refused, Notice::EmailRefused)),
            }
        });
    }

    /// Sends the code again, or a new one where it has ended.
    pub(crate) fn ask_again(self) {
        if self.wait.get_untracked() > 0 && !self.ended.get_untracked() {
            return;
        }
        if let Some(sent) = self.sent.get_untracked() {
            self.ask(sent.email);
        }
    }

    /// Back to the address. The code that was sent stays good as long as it was.
    pub(crate) fn other_address(self) {
        if !self.busy.get_untracked() {
            self.trouble.set(None);
            self.said.set(None);
            self.ended.set(false);
            self.sent.set(None);
        }
    }

    /// Signs in with a code as it was typed.
    pub(crate) fn enter(self, typed: String) {
        if !self.takes() {
            return;
        }
        // What is no code is the server's to say, and costs no try.
        if typed.trim().is_empty() {
            self.refuse(Notice::CodeMalformed);
            return;
        }
        spawn_local(async move {
            match account::sign_in(typed).await {
                // Busy it stays: nothing that was pressed twice shows an error after this.
                Ok(user) => {
                    self.trouble.set(None);
                    self.signed_in.email.set(Some(user.email.0));
                }
                Err(refused) => {
                    if let Some(left) = refused.tries_left {
                        self.sent.update(|sent| {
                            if let Some(sent) = sent {
                                sent.tries_left = left;
                            }
                        });
                    }
                    let notice = notice_of(&refused, Notice::CodeMalformed);
                    if notice == Notice::CodeEnded || refused.tries_left == Some(0) {
                        self.ended.set(true);
                        self.refuse(Notice::CodeEnded);
                    } else {
                        self.refuse(notice);
                    }
                }
            }
        });
    }
}

/// What is said of a refusal; `malformed` of what was typed.
pub(crate) fn notice_of(refused: &Refused, malformed: Notice) -> Notice {
    match refused.problem {
        Some(ProblemType::InvalidRequest) => malformed,
        Some(ProblemType::CodeWrong) => Notice::CodeWrong,
        Some(ProblemType::CodeEnded) => Notice::CodeEnded,
        Some(ProblemType::TooManyRequests) => Notice::TooMany,
        _ => Notice::Away,
    }
}

/// Signs out here and in all tabs.
pub(crate) async fn sign_out(signed_in: SignedIn) -> Result<(), Refused> {
    match account::sign_out().await {
        Ok(()) => signed_in.left(Notice::SignedOut),
        Err(refused) if refused.problem == Some(ProblemType::Unauthenticated) => signed_in.left(Notice::SignedOut),
        Err(refused) => return Err(refused),
    }
    tabs::tell_other_tabs();
    Ok(())
}

//! What the account says of itself: its address and room, where it is signed in, its access tokens.

use leptos::{prelude::*, task::spawn_local};
use sealdrop_api::{
    ProblemType, SessionId,
    account::{AccessTokenStatus, Account, NewToken, TokenMade},
    auth::{CodePurpose, SessionStatus},
};

use super::{
    notice_changes::NoticeChanges,
    own_links::OwnLinks,
    sign_in::{Trouble, notice_of},
    signed_in::SignedIn,
    tabs::tell_other_tabs,
    wish::{Confirming, Place},
};
use crate::{
    engine::account::{self, Refused},
    messages::account as words,
    visitor::Notice,
};

/// Everything on the page of the account.
#[derive(Clone, Copy)]
pub(crate) struct Overview {
    pub(crate) signed_in: SignedIn,
    pub(crate) user: RwSignal<Option<Account>>,
    pub(crate) sessions: RwSignal<Option<Vec<SessionStatus>>>,
    pub(crate) tokens: RwSignal<Option<Vec<AccessTokenStatus>>>,
    pub(crate) links: OwnLinks,
    /// The access token that was made just now: it is shown this once.
    pub(crate) made: RwSignal<Option<TokenMade>>,
    /// What was typed for a token whose confirmation was left.
    pub(crate) token_draft: RwSignal<Option<NewToken>>,
    /// The new address that a code was sent to.
    pub(crate) new_email: RwSignal<Option<String>>,
    /// What was typed for a new address that was left.
    pub(crate) email_draft: RwSignal<String>,
    /// Changes of notices.
    pub(super) notices: NoticeChanges,
    /// A wish that waits for a code which shows that it is them.
    pub(crate) confirming: RwSignal<Option<Confirming>>,
    pub(crate) trouble: RwSignal<Option<Trouble>>,
    /// Where trouble, and what was done, are said: beside what they are about.
    pub(crate) at: RwSignal<Place>,
    /// What was done, in words.
    pub(crate) said: RwSignal<Option<&'static str>>,
    pub(crate) busy: RwSignal<bool>,
}

impl Overview {
    pub(crate) fn new(signed_in: SignedIn) -> Self {
        let this = Self {
            signed_in,
            user: RwSignal::new(None),
            sessions: RwSignal::new(None),
            tokens: RwSignal::new(None),
            made: RwSignal::new(None),
            token_draft: RwSignal::new(None),
            new_email: RwSignal::new(None),
            email_draft: RwSignal::new(String::new()),
            notices: NoticeChanges::new(),
            confirming: RwSignal::new(None),
            trouble: RwSignal::new(None),
            at: RwSignal::new(Place::Top),
            links: OwnLinks::new(),
            said: RwSignal::new(None),
            busy: RwSignal::new(false),
        };
        signed_in.on_departure(move || this.forget());
        this
    }

    fn forget(self) {
        self.user.set(None);
        self.sessions.set(None);
        self.tokens.set(None);
        self.links.forget();
        self.made.set(None);
        self.token_draft.set(None);
        self.new_email.set(None);
        self.email_draft.set(String::new());
        self.confirming.set(None);
        self.trouble.set(None);
        self.said.set(None);
        self.busy.set(false);
    }

    /// Asks the server for all of it.
    pub(crate) fn read(self) {
        spawn_local(async move {
            let all = futures::join!(
                account::account(),
                account::sessions(),
                account::tokens(),
                account::challenge(),
                account::links(0),
            );
            // Who was signed out meanwhile leaves nothing here.
            if self.signed_in.email.with_untracked(Option::is_none) {
                return;
            }
            // A phone may have dropped the tab while its user read the mail.
            if let Ok(Some(status)) = all.3
                && status.purpose == CodePurpose::ChangeEmail
            {
                self.new_email.set(Some(status.email.0));
            }
            match (all.0, all.1, all.2, all.4) {
                (Ok(user), Ok(sessions), Ok(tokens), Ok(page)) => {
                    self.links.forget();
                    self.links.add(page.links, page.next);
                    self.user.set(Some(user));
                    self.sessions.set(Some(sessions));
                    self.tokens.set(Some(tokens));
                    self.links.read_names().await;
                }
                (Err(refused), ..) | (_, Err(refused), ..) | (_, _, Err(refused), _) | (.., Err(refused)) => {
                    self.refuse(&refused);
                }
            }
        });
    }

    /// Asks again for what others may have ended.
    pub(super) async fn read_access(self) {
        let (sessions, tokens) = futures::join!(account::sessions(), account::tokens());
        if let (Ok(sessions), Ok(tokens)) = (sessions, tokens) {
            self.sessions.set(Some(sessions));
            self.tokens.set(Some(tokens));
        }
    }

    pub(super) fn refuse(self, refused: &Refused) {
        self.busy.set(false);
        self.say_refused(refused);
    }

    /// Says why something was refused; who was signed out elsewhere is led to signing in.
    pub(super) fn say_refused(self, refused: &Refused) {
        if refused.problem == Some(ProblemType::Unauthenticated) {
            self.signed_in.left(Notice::SessionEnded);
            tell_other_tabs();
            return;
        }
        let m = words();
        let notice = notice_of(refused, Notice::Away);
        let text = match (notice, refused.problem) {
            (Notice::CodeWrong, _) => (m.code_wrong)(refused.tries_left.unwrap_or_default()),
            (Notice::CodeEnded, _) => m.code_ended.to_owned(),
            (Notice::TooMany, _) => m.too_many.to_owned(),
            (_, Some(ProblemType::TooLarge)) => m.too_many_tokens.to_owned(),
            (_, Some(ProblemType::EmailTaken)) => m.email_taken.to_owned(),
            _ => m.away.to_owned(),
        };
        let name = refused.problem.map_or("server-away", ProblemType::slug);
        self.trouble.set(Some(Trouble { name, text }));
    }

    /// Says beside something what is wrong with what was typed.
    pub(super) fn object(self, at: Place, name: &'static str, text: &str) {
        self.at.set(at);
        let text = text.to_owned();
        self.trouble.set(Some(Trouble { name, text }));
    }

    /// Whether a request may begin; then none other may.
    pub(super) fn takes(self, at: Place) -> bool {
        if self.busy.get_untracked() {
            return false;
        }
        self.busy.set(true);
        self.at.set(at);
        self.trouble.set(None);
        self.said.set(None);
        true
    }

    /// Says what was done.
    pub(super) fn say(self, what: &'static str) {
        self.said.set(Some(what));
        self.busy.set(false);
    }

    /// Signs out, here and in all tabs.
    pub(crate) fn sign_out(self) {
        if !self.takes(Place::Top) {
            return;
        }
        spawn_local(async move {
            if let Err(refused) = super::sign_in::sign_out(self.signed_in).await {
                self.refuse(&refused);
            }
        });
    }

    /// Ends one session, or all others.
    pub(crate) fn end_sessions(self, which: Vec<SessionId>) {
        if !self.takes(Place::Top) {
            return;
        }
        spawn_local(async move {
            for session in &which {
                match account::end_session(*session).await {
                    Ok(()) => {}
                    // It has ended by itself.
                    Err(refused) if refused.problem == Some(ProblemType::SessionNotFound) => {}
                    Err(refused) => {
                        self.refuse(&refused);
                        return;
                    }
                }
                self.sessions.update(|all| {
                    if let Some(all) = all {
                        all.retain(|one| one.session_id != *session);
                    }
                });
            }
            self.said.set(Some(words().sessions_ended));
            self.busy.set(false);
        });
    }
}

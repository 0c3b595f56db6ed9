//! What the account says of itself: its room, where it is signed in, its access tokens.

use leptos::{prelude::*, task::spawn_local};
use sealdrop_api::{
    ProblemType, SessionId, TokenId,
    account::{AccessTokenStatus, Account, NewToken, Scope, TokenMade},
    auth::SessionStatus,
};

use super::{
    sign_in::{Trouble, notice_of},
    signed_in::SignedIn,
    tabs::tell_other_tabs,
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
    /// The access token that was made just now: it is shown this once.
    pub(crate) made: RwSignal<Option<TokenMade>>,
    /// Making a token waits for a code that shows that it is them.
    pub(crate) confirming: RwSignal<Option<Confirming>>,
    pub(crate) trouble: RwSignal<Option<Trouble>>,
    /// It is said beside the access tokens, whose forms are far from the top.
    pub(crate) at_tokens: RwSignal<bool>,
    /// What was done, in words.
    pub(crate) said: RwSignal<Option<&'static str>>,
    pub(crate) busy: RwSignal<bool>,
}

/// A wish that waits for a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Confirming {
    pub(crate) wish: NewToken,
    /// The code is on its way.
    pub(crate) is_sent: bool,
}

impl Overview {
    pub(crate) fn new(signed_in: SignedIn) -> Self {
        let this = Self {
            signed_in,
            user: RwSignal::new(None),
            sessions: RwSignal::new(None),
            tokens: RwSignal::new(None),
            made: RwSignal::new(None),
            confirming: RwSignal::new(None),
            trouble: RwSignal::new(None),
            at_tokens: RwSignal::new(false),
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
        self.made.set(None);
        self.confirming.set(None);
        self.trouble.set(None);
        self.said.set(None);
        self.busy.set(false);
    }

    /// Asks the server for all of it.
    pub(crate) fn read(self) {
        spawn_local(async move {
            let all = futures::join!(account::account(), account::sessions(), account::tokens());
            // Who was signed out meanwhile leaves nothing here.
            if self.signed_in.email.with_untracked(Option::is_none) {
                return;
            }
            match all {
                (Ok(user), Ok(sessions), Ok(tokens)) => {
                    self.user.set(Some(user));
                    self.sessions.set(Some(sessions));
                    self.tokens.set(Some(tokens));
                }
                (Err(refused), ..) | (_, Err(refused), _) | (.., Err(refused)) => self.refuse(&refused),
            }
        });
    }

    fn refuse(self, refused: &Refused) {
        self.busy.set(false);
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
            _ => m.away.to_owned(),
        };
        let name = refused.problem.map_or("server-away", ProblemType::slug);
        self.trouble.set(Some(Trouble { name, text }));
    }

    fn takes(self, at_tokens: bool) -> bool {
        if self.busy.get_untracked() {
            return false;
        }
        self.busy.set(true);
        self.at_tokens.set(at_tokens);
        self.trouble.set(None);
        self.said.set(None);
        true
    }

    /// Signs out, here and in all tabs.
    pub(crate) fn sign_out(self) {
        if !self.takes(false) {
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
        if !self.takes(false) {
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

    /// Makes an access token; asks for a code first where the server wants one.
    pub(crate) fn make_token(self, name: String, scopes: Vec<Scope>, days: u64) {
        let name = name.trim().to_owned();
        let m = words();
        let missing = match (name.is_empty(), scopes.is_empty()) {
            (true, _) => Some(("name-missing", m.name_missing)),
            (_, true) => Some(("scope-missing", m.scope_missing)),
            _ => None,
        };
        if let Some((name, text)) = missing {
            let text = text.to_owned();
            self.at_tokens.set(true);
            self.trouble.set(Some(Trouble { name, text }));
            return;
        }
        if !self.takes(true) {
            return;
        }
        let wish = NewToken {
            name,
            scopes,
            expires_in: Some(days * 86_400),
        };
        spawn_local(self.try_to_make(wish));
    }

    async fn try_to_make(self, wish: NewToken) {
        match account::create_token(wish.clone()).await {
            Ok(made) => {
                self.confirming.set(None);
                self.made.set(Some(made));
                self.busy.set(false);
                if let Ok(tokens) = account::tokens().await {
                    self.tokens.set(Some(tokens));
                }
            }
            Err(refused) if refused.problem == Some(ProblemType::StepUpNeeded) => {
                self.confirming.set(Some(Confirming { wish, is_sent: false }));
                self.busy.set(false);
            }
            Err(refused) => self.refuse(&refused),
        }
    }

    /// Sends the code that shows that it is them.
    pub(crate) fn ask_code(self) {
        if !self.takes(true) {
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
        if !self.takes(true) {
            return;
        }
        spawn_local(async move {
            match account::step_up(code).await {
                Ok(()) => self.try_to_make(waiting.wish).await,
                Err(refused) => {
                    let is_over = refused.problem == Some(ProblemType::CodeEnded) || refused.tries_left == Some(0);
                    let is_malformed = refused.problem == Some(ProblemType::InvalidRequest);
                    self.refuse(&refused);
                    if is_malformed {
                        let text = words().code_malformed.to_owned();
                        self.trouble.set(Some(Trouble {
                            name: Notice::CodeMalformed.name(),
                            text,
                        }));
                    }
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

    /// Ends an access token.
    pub(crate) fn revoke(self, token: TokenId) {
        if !self.takes(true) {
            return;
        }
        spawn_local(async move {
            match account::revoke_token(token).await {
                Ok(()) => {}
                Err(refused) if refused.problem == Some(ProblemType::AccessTokenNotFound) => {}
                Err(refused) => {
                    self.refuse(&refused);
                    return;
                }
            }
            self.tokens.update(|all| {
                if let Some(all) = all {
                    all.retain(|one| one.token_id != token);
                }
            });
            if self
                .made
                .with_untracked(|made| made.as_ref().is_some_and(|made| made.token_id == token))
            {
                self.made.set(None);
            }
            self.said.set(Some(words().token_revoked));
            self.busy.set(false);
        });
    }
}

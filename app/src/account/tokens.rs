//! Making and revoking access tokens.

use leptos::{prelude::*, task::spawn_local};
use sealdrop_api::{
    ProblemType, TokenId,
    account::{NewToken, Scope},
};

use super::{
    overview::Overview,
    wish::{Place, Wish},
};
use crate::{
    engine::account::{self, Refused},
    messages::account as words,
};

impl Overview {
    /// Makes an access token.
    pub(crate) fn make_token(self, name: String, scopes: Vec<Scope>, days: u64) {
        let name = name.trim().to_owned();
        let m = words();
        match (name.is_empty(), scopes.is_empty()) {
            (true, _) => return self.object(Place::Tokens, "name-missing", m.name_missing),
            (_, true) => return self.object(Place::Tokens, "scope-missing", m.scope_missing),
            _ => {}
        }
        if !self.takes(Place::Tokens) {
            return;
        }
        let wish = NewToken {
            name,
            scopes,
            expires_in: Some(days * 86_400),
        };
        spawn_local(self.try_to(Wish::Token(wish)));
    }

    pub(super) async fn create_token(self, wish: NewToken) -> Result<(), Refused> {
        let made = account::create_token(wish).await?;
        self.token_draft.set(None);
        self.made.set(Some(made));
        if let Ok(tokens) = account::tokens().await {
            self.tokens.set(Some(tokens));
        }
        Ok(())
    }

    /// Ends an access token.
    pub(crate) fn revoke(self, token: TokenId) {
        if !self.takes(Place::Tokens) {
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

//! The account as this tab knows it. It lives above the router: signing in and out reloads no page, and a running upload goes on.

mod changes;
mod confirm;
mod links;
mod notice_changes;
mod notices;
pub(crate) mod overview;
pub(crate) mod own_links;
pub(crate) mod sign_in;
pub(crate) mod signed_in;
mod tabs;
mod timeline;
mod tokens;
pub(crate) mod wish;

use leptos::{prelude::*, task::spawn_local};

use self::{overview::Overview, sign_in::SigningIn, signed_in::SignedIn};
use crate::split::split_work;

/// Who is signed in, and what the pages of the account hold. That lives as long as the application: an answer may come when its page
/// is gone.
#[derive(Clone, Copy)]
pub(crate) struct AccountState {
    pub(crate) signed_in: SignedIn,
    owner: StoredValue<Owner>,
    signing_in: StoredValue<Option<SigningIn>>,
    overview: StoredValue<Option<Overview>>,
}

impl AccountState {
    /// As the server said it with the page.
    pub(crate) fn new() -> Self {
        let signed_in = SignedIn::new();
        let is_watched = StoredValue::new(false);
        Effect::new(move |_| {
            if signed_in.email.with(Option::is_some) && !is_watched.get_value() {
                is_watched.set_value(true);
                spawn_local(async move {
                    // Without it a sign-out elsewhere is noticed at the next answer of the server.
                    let _ = watch(signed_in).await;
                });
            }
        });
        Self {
            signed_in,
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
            signing_in: StoredValue::new(None),
            overview: StoredValue::new(None),
        }
    }

    /// Where signing in stands.
    pub(crate) fn signing_in(self) -> SigningIn {
        self.signing_in.get_value().unwrap_or_else(|| {
            let made = self.owner.get_value().with(|| SigningIn::new(self.signed_in));
            self.signing_in.set_value(Some(made));
            made
        })
    }

    /// What the account says of itself.
    pub(crate) fn overview(self) -> Overview {
        self.overview.get_value().unwrap_or_else(|| {
            let made = self.owner.get_value().with(|| Overview::new(self.signed_in));
            self.overview.set_value(Some(made));
            made
        })
    }
}

split_work!(account: watch(signed_in: SignedIn) = tabs::watch(signed_in));

//! Signing out is one thing for all tabs of a browser, those that lie in its cache included; so is another address of the account.

use leptos::{ev, prelude::*, task::spawn_local};
use sealdrop_api::ProblemType;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

use super::signed_in::SignedIn;
use crate::{
    engine::account::{self, Refused},
    visitor::Notice,
};

/// The channel of this origin on which tabs tell each other.
const CHANNEL: &str = "sealdrop-account";
const LEFT: &str = "signed-out";
const CHANGED: &str = "changed";

/// Listens as long as the page lives.
pub(super) async fn watch(signed_in: SignedIn) {
    hear(signed_in);
    let hidden = window_event_listener(ev::pagehide, move |event| {
        // What lies in the cache shows nothing when it comes back.
        if event.persisted() && signed_in.email.with_untracked(Option::is_some) {
            signed_in.unsure.set(true);
        }
    });
    let shown = window_event_listener(ev::pageshow, move |_| {
        if signed_in.unsure.get_untracked() {
            spawn_local(ask(signed_in));
        }
    });
    // They live as long as the page.
    std::mem::forget((hidden, shown));
}

/// Asks the server whether it is still them.
pub(crate) async fn ask(signed_in: SignedIn) {
    match account::account().await {
        Err(Refused {
            problem: Some(ProblemType::Unauthenticated),
            ..
        }) => signed_in.left(Notice::SessionEnded),
        Ok(user) => {
            signed_in.email.set(Some(user.email.0));
            signed_in.unsure.set(false);
        }
        // Whatever it asks for next says why not.
        Err(_) => signed_in.unsure.set(false),
    }
}

fn hear(signed_in: SignedIn) {
    let Ok(channel) = BroadcastChannel::new(CHANNEL) else {
        return;
    };
    let heard =
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| match event.data().as_string().as_deref() {
            Some(LEFT) => signed_in.left(Notice::SignedOut),
            Some(CHANGED) => spawn_local(ask(signed_in)),
            _ => {}
        });
    channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    heard.forget();
    // A channel that nothing refers to may be collected, and is deaf then.
    std::mem::forget(channel);
}

/// Tells the other tabs that the user is signed out.
pub(crate) fn tell_other_tabs() {
    tell(LEFT);
}

/// Tells the other tabs that the account has another address: each asks the server for it.
pub(super) fn tell_of_change() {
    tell(CHANGED);
}

fn tell(what: &str) {
    if let Ok(channel) = BroadcastChannel::new(CHANNEL) {
        let _ = channel.post_message(&what.into());
        channel.close();
    }
}

//! The whole application: top bar, the page of the path, foot.

use leptos::{ev, prelude::*};
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    components::{FlatRoutes, Route, Router},
    hooks::use_location,
    path,
};

use crate::{
    account::{AccountState, signed_in::SignedIn},
    components::{footer::Footer, header::Header},
    dom,
    messages::t,
    model::{
        page::Page,
        run::{Direction, Run},
        stage_words::stage_words,
        user_error::UserError,
    },
    pages::{
        account::ACCOUNT_PAGE, command_line::COMMAND_LINE_PAGE, link_end, not_found::NOT_FOUND_PAGE,
        receive::RECEIVE_PAGE, security::SECURITY_PAGE, send::SEND_PAGE, sent_links::SENT_LINKS_PAGE,
        sign_in::SIGN_IN_PAGE, unlock::UNLOCK_PASSWORD,
    },
    split::{Lazy, NotLoaded, SplitView},
    transfers::{
        live_region::LiveRegion,
        receiving::{ReceiveScreen, Receiving},
        sending::{SendScreen, Sending},
    },
};

/// The whole application, from the bar at the top to the foot.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let voice = LiveRegion(RwSignal::new(String::new()));
    let sending = Sending::new(voice);
    let receiving = Receiving::new(voice);
    provide_context(sending);
    provide_context(receiving);
    let account = AccountState::new();
    provide_context(account);
    let signed_in = account.signed_in;

    Effect::new(move |_| {
        let guard = window_event_listener(ev::beforeunload, move |event| {
            let busy = sending.screen.get_untracked() == SendScreen::Running
                || receiving.screen.get_untracked() == ReceiveScreen::Working
                || sending.links.is_at_risk();
            if busy {
                event.prevent_default();
            }
        });
        on_cleanup(move || guard.remove());
    });

    // What may be sent depends on who is signed in: the page that sends asks again when it is opened.
    Effect::new(move |before: Option<Option<String>>| {
        let now = signed_in.email.get();
        if before.is_some_and(|before| before != now) {
            sending.allowed.update(|allowed| allowed.known = false);
        }
        now
    });

    view! {
        <Router>
            <Frame sending receiving signed_in voice/>
        </Router>
    }
}

/// Header bar, page, foot; and what follows from where the reader is: title and focus.
#[component]
fn Frame(sending: Sending, receiving: Receiving, signed_in: SignedIn, voice: LiveRegion) -> impl IntoView {
    let path = use_location().pathname;
    let page = Memo::new(move |_| Page::of(&path.get()));
    // The server writes the title after the page, when what belongs to the page may be gone already.
    let first = untrack(|| title(page.get(), sending, receiving));
    let title = move || {
        page.try_get()
            .map_or_else(|| first.clone(), |page| title(page, sending, receiving))
    };

    // A new screen takes the focus to its heading, or to the one field that it is for; the first one leaves it where the browser put it.
    Effect::new(move |before: Option<(Page, SendScreen, ReceiveScreen)>| {
        let now = (page.get(), sending.screen.get(), receiving.screen.get());
        let opened_at_once =
            before.is_some_and(|(.., screen)| screen == ReceiveScreen::Opening) && now.0 == Page::Receive;
        if before.is_some_and(|before| before != now) && (!opened_at_once || now.2 != ReceiveScreen::Opening) {
            let is_gate = now.0 == Page::Receive && now.2 == ReceiveScreen::Unlock;
            request_animation_frame(move || {
                if is_gate {
                    dom::focus(UNLOCK_PASSWORD);
                } else {
                    dom::focus_heading();
                }
            });
        }
        now
    });

    view! {
        <Title text=title/>
        <a class="skip" href="#main" data-testid="skip" on:click=move |_| dom::focus_main()>{t().skip}</a>
        <Header page sending signed_in/>
        <FlatRoutes fallback=|| view! { <Lazy part=NOT_FOUND_PAGE/> }>
            <Route path=path!("/") view=|| view! { <Lazy part=SEND_PAGE/> }/>
            <Route path=path!("/d/:id") view=|| view! { <Lazy part=RECEIVE_PAGE/> }/>
            <Route path=path!("/sent") view=|| view! { <Lazy part=SENT_LINKS_PAGE/> }/>
            <Route path=path!("/signin") view=|| view! { <Lazy part=SIGN_IN_PAGE/> }/>
            <Route path=path!("/account") view=|| view! { <Lazy part=ACCOUNT_PAGE/> }/>
            <Route path=path!("/security") view=|| view! { <Lazy part=SECURITY_PAGE/> }/>
            <Route path=path!("/cli") view=|| view! { <Lazy part=COMMAND_LINE_PAGE/> }/>
        </FlatRoutes>
        <Footer/>
        <p class="visually-hidden" role="status" aria-live="polite">{move || voice.0.get()}</p>
    }
}

/// What is fetched for a page.
pub(crate) const fn part_of(page: Page) -> SplitView {
    match page {
        Page::Send => SEND_PAGE,
        Page::SentLinks => SENT_LINKS_PAGE,
        Page::SignIn => SIGN_IN_PAGE,
        Page::Account => ACCOUNT_PAGE,
        Page::Security => SECURITY_PAGE,
        Page::CommandLine => COMMAND_LINE_PAGE,
        Page::Receive => RECEIVE_PAGE,
        // A document of its own.
        Page::Plans | Page::Missing => NOT_FOUND_PAGE,
    }
}

/// Fetches what the page at a path shows first. To be awaited before it is taken over, which happens in one go.
///
/// # Errors
/// It did not come.
pub async fn load_page(path: &str) -> Result<(), NotLoaded> {
    part_of(Page::of(path)).load().await
}

/// The title of what went wrong.
fn error(error: RwSignal<Option<UserError>>) -> Option<&'static str> {
    error.with(|error| error.as_ref().map(|error| error.title))
}

/// The title of the tab; a transfer that runs puts its percentage in front, wherever its person is.
fn title(page: Page, sending: Sending, receiving: Receiving) -> String {
    let m = t();
    let verdict;
    let name = match page {
        Page::Send => match sending.screen.get() {
            SendScreen::Running => stage_words(Direction::Sending, sending.run.with(|run| run.stage)).0,
            SendScreen::Sent => link_end::sent_title(sending),
            SendScreen::Stopped => error(sending.error).unwrap_or(m.send_title),
            SendScreen::Choosing => m.send_title,
        },
        Page::SentLinks => m.sent_links_title,
        Page::SignIn => m.nav_sign_in,
        Page::Account => m.nav_account,
        Page::Security => m.security_title,
        Page::CommandLine => m.cli_title,
        Page::Plans | Page::Missing => m.not_found_title,
        Page::Receive => match receiving.screen.get() {
            ReceiveScreen::Opening | ReceiveScreen::Contents => m.receive_title,
            ReceiveScreen::Unlock => m.gate_title,
            ReceiveScreen::Working => stage_words(Direction::Receiving, receiving.run.with(|run| run.stage)).0,
            ReceiveScreen::Verified => {
                verdict = receiving.verdict();
                &verdict
            }
            ReceiveScreen::Failed => error(receiving.error).unwrap_or(m.receive_title),
        },
    };
    let whole = (m.title)(name);
    if sending.is_running() {
        (m.title_percent)(sending.run.with(Run::percent), &whole)
    } else if receiving.is_running() {
        (m.title_percent)(receiving.run.with(Run::percent), &whole)
    } else {
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        engine::{Failure, FailureKind, Stage},
        model::{items, run::RowState, user_error},
    };

    #[test]
    fn the_title_of_the_tab_follows_the_page() {
        Owner::new().with(|| {
            let voice = LiveRegion(RwSignal::new(String::new()));
            let (sending, receiving) = (Sending::new(voice), Receiving::new(voice));
            let at = |page| title(page, sending, receiving);
            assert_eq!(at(Page::Send), "Send files · Sealdrop");
            sending.screen.set(SendScreen::Running);
            sending.run.update(|run| run.stage = Stage::Paused);
            assert_eq!(at(Page::Send), "0% · Paused · Sealdrop");
            assert_eq!(at(Page::Security), "0% · Security · Sealdrop");
            sending.screen.set(SendScreen::Stopped);
            sending
                .error
                .set(Some(user_error::sending(&Failure::new(FailureKind::StorageFull))));
            assert_eq!(at(Page::Send), "The server has no space left · Sealdrop");
            receiving.screen.set(ReceiveScreen::Unlock);
            assert_eq!(at(Page::Receive), "This link needs a password · Sealdrop");
            receiving.screen.set(ReceiveScreen::Verified);
            assert_eq!(at(Page::Receive), "Complete and unaltered · Sealdrop");
            receiving.items.set(items::flat([("a", 1), ("b", 1)].into_iter()));
            receiving
                .run
                .update(|run| run.marks = vec![RowState::Complete, RowState::NotStarted]);
            assert_eq!(at(Page::Receive), "1 of 2 files downloaded and checked · Sealdrop");
            receiving.screen.set(ReceiveScreen::Failed);
            receiving
                .error
                .set(Some(user_error::receiving(&Failure::new(FailureKind::LinkExpired))));
            assert_eq!(at(Page::Receive), "This link has expired · Sealdrop");
        });
    }
}

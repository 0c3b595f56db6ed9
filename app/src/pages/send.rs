//! `/`: choosing, sending, sent; whichever the visit is at.

use leptos::{ev, prelude::*, task::spawn_local};

use crate::pages::unreadable_files::UnreadableFiles;
use crate::{
    components::{error_view::ErrorView, in_brief::InBrief},
    dom,
    early::take_early_options,
    engine,
    messages::t,
    pages::{choose::Choose, sending::SENDING_SCREEN, sent::SENT_SCREEN},
    split::{Lazy, split_view},
    transfers::{
        pasting::open_link,
        sending::{SendScreen, Sending},
    },
};

split_view!(send: SEND_PAGE, load_send_page, send_page = Send());

/// The page and the listeners that make all of it a place to drop and paste.
#[component]
pub(crate) fn Send() -> impl IntoView {
    let sending = expect_context::<Sending>();
    Effect::new(move |_| {
        sending.take_early(take_early_options());
        sending.ask_limits();
        sending.find_unfinished();
        sending.find_sent();
        listen(sending);
    });
    Effect::new(move |_| {
        if sending.wants_new.get() {
            sending.wants_new.set(false);
            sending.again();
        }
    });
    Effect::new(move |_| {
        dom::when_idle(|| spawn_local(async { drop(SENDING_SCREEN.load().await) }));
    });
    view! { <SendScreens sending/> }
}

/// The screen that the sending is at.
#[component]
pub(crate) fn SendScreens(sending: Sending) -> impl IntoView {
    move || match sending.screen.get() {
        SendScreen::Choosing => view! { <Choose sending/> }.into_any(),
        SendScreen::Running => view! { <Lazy part=SENDING_SCREEN/> }.into_any(),
        SendScreen::Sent => view! { <Lazy part=SENT_SCREEN/> }.into_any(),
        SendScreen::Stopped => view! { <Lazy part=STOPPED_SCREEN instead=stopped_in_brief/> }.into_any(),
    }
}

split_view!(sending: STOPPED_SCREEN, load_stopped_screen, stopped_screen = view! { <Stopped sending=expect_context()/> });

/// Why nothing is sent.
#[component]
fn Stopped(sending: Sending) -> impl IntoView {
    view! {
        <main id="main" data-screen="send-error">
            <div class="wrap"><div class="stack stack-6">
                {move || sending.error.get().map(|error| view! { <ErrorView error retry=move |()| sending.back() paste=|link: String| open_link(&link)/> })}
                <UnreadableFiles sending/>
            </div></div>
        </main>
    }
    .into_any()
}

/// The same in a few words, and the way back to what was chosen: the server that the whole screen would come from may be what failed.
fn stopped_in_brief() -> AnyView {
    let sending = expect_context::<Sending>();
    let Some(error) = sending.error.get_untracked() else {
        return ().into_any();
    };
    let back = move |_| sending.back();
    view! { <InBrief error><button class="btn btn-primary" type="button" data-testid="try-again" on:click=back>{t().back_to_files}</button></InBrief> }.into_any()
}

/// Drops and pastes anywhere on the page, for as long as the page is shown.
fn listen(sending: Sending) {
    let choosing = move || sending.screen.get_untracked() == SendScreen::Choosing;
    let has_files =
        |data: Option<web_sys::DataTransfer>| data.is_some_and(|data| data.types().includes(&"Files".into(), 0));
    let over = window_event_listener(ev::dragover, move |event| {
        if has_files(event.data_transfer()) {
            event.prevent_default();
            if choosing() && !sending.over.get_untracked() {
                sending.over.set(true);
            }
        }
    });
    let leave = window_event_listener(ev::dragleave, move |event| {
        // Leaving the window has no target to go to; moving between elements has one.
        if event.related_target().is_none() {
            sending.over.set(false);
        }
    });
    let drop = window_event_listener(ev::drop, move |event| {
        if !has_files(event.data_transfer()) {
            return;
        }
        event.prevent_default();
        sending.over.set(false);
        if let Some(data) = event.data_transfer().filter(|_| choosing()) {
            // What was dropped can be read only now; folders are walked later.
            let picked = engine::picked_from_drop(data);
            spawn_local(async move { sending.drop_in(picked.await) });
        }
    });
    let paste = window_event_listener(ev::paste, move |event| {
        let Some(data) = event.clipboard_data().filter(|_| choosing()) else {
            return;
        };
        if has_files(Some(data.clone())) {
            event.prevent_default();
            let picked = engine::picked_from_paste(&data);
            spawn_local(async move { sending.add(picked.await) });
        } else if !dom::is_field(event.target()) {
            event.prevent_default();
            sending.paste_text(data.get_data("text/plain").unwrap_or_default());
        }
    });
    on_cleanup(move || {
        over.remove();
        leave.remove();
        drop.remove();
        paste.remove();
        sending.over.set(false);
    });
}

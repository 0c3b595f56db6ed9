//! `/`: choosing, sending, sent; whichever the visit is at.

use leptos::{ev, prelude::*, task::spawn_local};

use crate::{
    components::TroubleView,
    engine,
    pages::{Choose, SendingPage, SentPage},
    transfers::{SendScreen, Sending},
};

/// The page and the listeners that make all of it a place to drop and paste.
#[component]
pub(crate) fn Send() -> impl IntoView {
    let sending = expect_context::<Sending>();
    Effect::new(move |_| {
        sending.ask_limits();
        listen(sending);
    });
    view! { <SendScreens sending/> }
}

/// The screen that the sending is at.
#[component]
pub(crate) fn SendScreens(sending: Sending) -> impl IntoView {
    move || {
        match sending.screen.get() {
        SendScreen::Choosing => view! { <Choose sending/> }.into_any(),
        SendScreen::Running => view! { <SendingPage sending/> }.into_any(),
        SendScreen::Sent => view! { <SentPage sending/> }.into_any(),
        SendScreen::Stopped => view! {
            <main id="main">
                <div class="wrap">
                    {move || sending.trouble.get().map(|trouble| view! { <TroubleView trouble retry=move |()| sending.back() paste=|_| ()/> })}
                </div>
            </main>
        }
        .into_any(),
    }
    }
}

/// Drops and pastes anywhere on the page, for as long as the page is shown.
fn listen(sending: Sending) {
    let choosing = move || sending.screen.get_untracked() == SendScreen::Choosing;
    let has_files =
        |data: Option<web_sys::DataTransfer>| data.is_some_and(|data| data.types().includes(&"Files".into(), 0));
    let over = window_event_listener(ev::dragover, move |event| {
        if has_files(event.data_transfer()) {
            event.prevent_default();
            if choosing() {
                let count = event.data_transfer().map_or(0, |data| data.items().length());
                sending.over.set(Some(count.into()));
            }
        }
    });
    let leave = window_event_listener(ev::dragleave, move |event| {
        // Leaving the window has no target to go to; moving between elements has one.
        if event.related_target().is_none() {
            sending.over.set(None);
        }
    });
    let drop = window_event_listener(ev::drop, move |event| {
        if !has_files(event.data_transfer()) {
            return;
        }
        event.prevent_default();
        sending.over.set(None);
        if let Some(data) = event.data_transfer().filter(|_| choosing()) {
            // What was dropped can be read only now; folders are walked later.
            let picked = engine::picked_from_drop(data);
            spawn_local(async move { sending.add(picked.await) });
        }
    });
    let paste = window_event_listener(ev::paste, move |event| {
        if let Some(data) = event
            .clipboard_data()
            .filter(|data| choosing() && has_files(Some(data.clone())))
        {
            event.prevent_default();
            sending.add(engine::picked_from_paste(&data));
        }
    });
    on_cleanup(move || {
        over.remove();
        leave.remove();
        drop.remove();
        paste.remove();
        sending.over.set(None);
    });
}

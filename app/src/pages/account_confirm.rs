//! A code that shows that it is them, in the place of what needs it.

use leptos::prelude::*;

use crate::{
    account::{overview::Overview, wish::Place},
    components::icon::Icon,
    dom,
    messages::account as words,
};

const CONFIRM: &str = "confirm-code";

/// Asks for the code, then takes it.
#[component]
pub(crate) fn Confirm(overview: Overview) -> impl IntoView {
    let m = words();
    let is_sent = Memo::new(move |_| {
        overview
            .confirming
            .with(|waiting| waiting.as_ref().is_some_and(|waiting| waiting.is_sent))
    });
    // Elsewhere the form for a token is on the page, and has the one button that stands out.
    let class = match overview
        .confirming
        .with_untracked(|waiting| waiting.as_ref().map(|waiting| waiting.wish.place()))
    {
        Some(Place::Tokens) => "btn btn-primary",
        _ => "btn",
    };
    let email = overview.signed_in.email.get_untracked().unwrap_or_default();
    Effect::new(move |_| {
        if is_sent.get() {
            request_animation_frame(|| dom::focus(CONFIRM));
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if is_sent.get_untracked() {
            overview.confirm(dom::value_of(CONFIRM));
        } else {
            overview.ask_code();
        }
    };
    view! {
        <form class="stack" data-testid="confirm" on:submit=submit>
            <div class="note"><Icon name="lock"/><div><strong>{m.confirm_title}</strong><span>{(m.confirm)(&email)}</span></div></div>
            {move || is_sent.get().then(|| view! {
                <div class="field">
                    <label for=CONFIRM>{m.code}</label>
                    <input class="input code-input" id=CONFIRM type="text" inputmode="numeric" autocomplete="one-time-code" data-testid="confirm-code"/>
                </div>
            })}
            <div class="row">
                <button class=class type="submit" data-testid="confirm-go" aria-disabled=move || overview.busy.get().then_some("true")>
                    {move || if is_sent.get() { m.confirm_enter } else { m.confirm_send }}
                </button>
                <button class="btn" type="button" data-testid="confirm-leave" on:click=move |_| overview.leave()>{m.leave}</button>
            </div>
        </form>
    }
    .into_any()
}

//! The address of the account, and another one for it.

use leptos::prelude::*;

use crate::{
    account::{overview::Overview, wish::Place},
    components::icon::Icon,
    dom,
    messages::account as words,
    pages::{account_confirm::Confirm, account_trouble::TroubleView},
};

const EMAIL: &str = "new-email";
const CODE: &str = "new-email-code";

/// All of it.
#[component]
pub(crate) fn EmailAddress(overview: Overview) -> impl IntoView {
    let m = words();
    let confirming = Memo::new(move |_| overview.confirms_at(Place::Email));
    let is_sent = Memo::new(move |_| overview.new_email.with(Option::is_some));
    view! {
        <section class="panel" aria-labelledby="email-heading">
            <div class="panel-head"><div class="head-t"><h2 id="email-heading">{m.email_title}</h2><span class="sum">{m.email_lead}</span></div></div>
            <div class="panel-pad stack">
                <p data-testid="email-now"><bdi>{move || overview.signed_in.email.get()}</bdi></p>
                <TroubleView overview at=Place::Email/>
                {move || match (confirming.get(), is_sent.get()) {
                    (true, _) => view! { <Confirm overview/> }.into_any(),
                    (false, true) => view! { <EnterCode overview/> }.into_any(),
                    (false, false) => view! { <NewAddress overview/> }.into_any(),
                }}
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn NewAddress(overview: Overview) -> impl IntoView {
    let m = words();
    let draft = overview.email_draft.get_untracked();
    let is_open = !draft.is_empty();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        overview.ask_change(dom::value_of(EMAIL));
    };
    view! {
        <details class="fold" open=is_open>
            <summary data-testid="change-email"><Icon name="right" small=true class="chev"/>{m.change_email}</summary>
            <form class="stack with-script" novalidate on:submit=submit>
                <div class="field">
                    <label for=EMAIL>{m.new_email}</label>
                    <input class="input" id=EMAIL type="email" autocomplete="off" spellcheck="false" value=draft data-testid="new-email" aria-describedby="new-email-hint"/>
                    <p class="hint" id="new-email-hint">{m.new_email_hint}</p>
                </div>
                <div><button class="btn" type="submit" data-testid="send-change-code" aria-disabled=move || overview.busy.get().then_some("true")>{m.send_change_code}</button></div>
            </form>
        </details>
    }
    .into_any()
}

/// The code that was sent to the new address.
#[component]
fn EnterCode(overview: Overview) -> impl IntoView {
    let m = words();
    let to = overview.new_email.get_untracked().unwrap_or_default();
    Effect::new(move |_| request_animation_frame(|| dom::focus(CODE)));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        overview.change_email(dom::value_of(CODE));
    };
    let [before, after] = m.change_code_sent;
    view! {
        <form class="stack" on:submit=submit>
            <p>{before}<strong data-testid="change-sent-to"><bdi>{to}</bdi></strong>{after}</p>
            <div class="field">
                <label for=CODE>{m.code}</label>
                <input class="input code-input" id=CODE type="text" inputmode="numeric" autocomplete="one-time-code" data-testid="change-code"/>
            </div>
            <p class="hint">{m.change_email_ends}</p>
            <div class="row">
                <button class="btn" type="submit" data-testid="change-email-go" aria-disabled=move || overview.busy.get().then_some("true")>{m.change_email_go}</button>
                <button class="btn" type="button" data-testid="change-email-leave" on:click=move |_| {
                    overview.trouble.set(None);
                    overview.leave_change();
                }>{m.leave}</button>
            </div>
        </form>
    }
    .into_any()
}

//! What the owner of a link can still do with it: more time, another limit, an end.

use leptos::prelude::*;

use crate::{
    components::{Dialog, Icon, Moment},
    dom,
    messages::t,
    model::{options, times},
    transfers::{Card, Sending},
};

const EXTEND: &str = "extend";
const LIMIT: &str = "limit";
const REVOKE: &str = "revoke";

/// The list of controls with their dialogs.
#[component]
pub(crate) fn OwnerControls(sending: Sending) -> impl IntoView {
    let m = t();
    let of_card = move |read: fn(&Card) -> f64| sending.card.with(|card| card.as_ref().map_or(0.0, read));
    let expires = Memo::new(move |_| of_card(|card| card.expires_at_ms));
    let used = move || {
        sending
            .card
            .with(|card| card.as_ref().map_or((0, 0), |card| (card.used, card.max_downloads)))
    };
    let counts = move || {
        sending.card.with(|card| {
            card.as_ref()
                .map_or((0, 0, 0), |card| (card.opened, card.active, card.failed))
        })
    };
    let password = sending
        .card
        .with_untracked(|card| card.as_ref().is_some_and(|card| card.has_password));
    view! {
        <section class="panel" aria-labelledby="owner-heading">
            <div class="panel-head"><h2 id="owner-heading">{m.this_link}</h2><span class="sum">{m.while_open}</span></div>
            <ul class="ctl" role="list">
                <li>
                    <div><span class="k">{m.expires}</span><span class="v">{move || view! { <Moment at_ms=expires.get()/> }}</span></div>
                    <button class="btn btn-quiet" type="button" data-testid="extend" on:click=move |_| dom::show_dialog(EXTEND)>{m.extend}</button>
                </li>
                <li>
                    <div><span class="k">{m.downloads}</span><span class="v">{move || { let (used, all) = used(); (m.used_of)(used, all) }}</span>
                        <span class="v" data-testid="owner-counts">{move || { let (opened, active, failed) = counts(); (m.owner_counts)(opened, active, failed) }}</span></div>
                    <button class="btn btn-quiet" type="button" data-testid="limit" on:click=move |_| dom::show_dialog(LIMIT)>{m.change_limit}</button>
                </li>
                <li>
                    <div><span class="k">{m.password}</span><span class="v">{if password { m.password_set } else { m.password_none }}</span></div>
                </li>
                <li>
                    <div><span class="k">{m.revoke}</span><span class="v">{m.revoke_line}</span></div>
                    <button class="btn btn-danger" type="button" data-testid="revoke" on:click=move |_| dom::show_dialog(REVOKE)>
                        <Icon name="x"/>
                        {m.revoke_link}
                    </button>
                </li>
            </ul>
            <div aria-live="polite">
                {move || sending.owner_error.get().map(|(problem, text)| view! {
                    <p class="panel-foot error" data-testid="error" data-problem=problem><Icon name="alert" small=true/><span>{text}</span></p>
                })}
            </div>
            <ExtendDialog sending/>
            <LimitDialog sending/>
            <RevokeDialog sending/>
        </section>
    }
    .into_any()
}

#[component]
fn ExtendDialog(sending: Sending) -> impl IntoView {
    let m = t();
    let wish = RwSignal::new(sending.allowed.with_untracked(|allowed| allowed.max_expires_in));
    let offers = move || {
        let (allowed, now) = (sending.allowed.get(), wish.get());
        options::spans(&allowed, now)
            .into_iter()
            .map(|span| view! { <option value=span.to_string() selected=span == now>{times::span(span)}</option> })
            .collect_view()
    };
    view! {
        <Dialog id=EXTEND title=m.extend_title>
            <div class="field">
                <label for="extend-to">{m.link_expires}</label>
                <select class="input" id="extend-to" data-testid="extend-to" aria-describedby="extend-hint" on:change=move |event| {
                    if let Ok(seconds) = event_target_value(&event).parse() {
                        wish.set(seconds);
                    }
                }>{offers}</select>
                <p class="hint" id="extend-hint">{m.extend_text}</p>
            </div>
            <div class="row">
                <button class="btn btn-primary" type="button" data-testid="extend-save" on:click=move |_| {
                    dom::close_dialog(EXTEND);
                    sending.extend(wish.get_untracked());
                }>{m.save}</button>
                <button class="btn" type="button" data-testid="extend-cancel" on:click=move |_| dom::close_dialog(EXTEND)>{m.cancel}</button>
            </div>
        </Dialog>
    }
    .into_any()
}

#[component]
fn LimitDialog(sending: Sending) -> impl IntoView {
    let m = t();
    let wish = RwSignal::new(
        sending
            .card
            .with_untracked(|card| card.as_ref().map_or(1, |card| card.max_downloads)),
    );
    let offers = move || {
        let (allowed, now) = (sending.allowed.get(), wish.get());
        options::counts(&allowed, now)
            .into_iter()
            .map(|count| view! { <option value=count.to_string() selected=count == now>{count.to_string()}</option> })
            .collect_view()
    };
    view! {
        <Dialog id=LIMIT title=m.limit_title>
            <div class="field">
                <label for="limit-to">{m.downloads}</label>
                <select class="input" id="limit-to" data-testid="limit-to" aria-describedby="limit-hint" on:change=move |event| {
                    if let Ok(count) = event_target_value(&event).parse() {
                        wish.set(count);
                    }
                }>{offers}</select>
                <p class="hint" id="limit-hint">{move || sending.card.with(|card| (m.limit_text)(card.as_ref().map_or(0, |card| card.used.into())))}</p>
            </div>
            <div class="row">
                <button class="btn btn-primary" type="button" data-testid="limit-save" on:click=move |_| {
                    dom::close_dialog(LIMIT);
                    sending.limit(wish.get_untracked());
                }>{m.save}</button>
                <button class="btn" type="button" data-testid="limit-cancel" on:click=move |_| dom::close_dialog(LIMIT)>{m.cancel}</button>
            </div>
        </Dialog>
    }
    .into_any()
}

#[component]
fn RevokeDialog(sending: Sending) -> impl IntoView {
    let m = t();
    view! {
        <Dialog id=REVOKE title=m.revoke_title>
            <p class="md">{m.revoke_text}</p>
            <div class="row">
                <button class="btn btn-danger-fill" type="button" data-testid="revoke-confirm" on:click=move |_| {
                    dom::close_dialog(REVOKE);
                    sending.revoke();
                }>{m.revoke_link}</button>
                <button class="btn" type="button" data-testid="revoke-keep" autofocus on:click=move |_| dom::close_dialog(REVOKE)>{m.keep_it}</button>
            </div>
        </Dialog>
    }
    .into_any()
}

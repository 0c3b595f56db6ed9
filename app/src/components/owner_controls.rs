//! What the owner of a link can still do with it: more time, another limit, an end.

use leptos::prelude::*;

use crate::{
    components::{Dialog, Icon, Moment},
    dom,
    messages::t,
    model::{options, times},
    transfers::{Card, Over, Sending},
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
    let used_up = Memo::new(move |_| {
        sending.card.with(|card| {
            card.as_ref()
                .is_some_and(|card| matches!(card.over, Some(Over::UsedUp { .. })))
        })
    });
    let password = sending
        .card
        .with_untracked(|card| card.as_ref().is_some_and(|card| card.has_password));
    view! {
        <section class="panel" aria-labelledby="owner-heading">
            <div class="panel-head"><h2 id="owner-heading">{m.this_link}</h2><span class="sum">{m.while_open}</span></div>
            <ul class="ctl" role="list">
                <li>
                    <div><span class="k">{m.expires}</span><span class="v">{move || view! { <Moment at_ms=expires.get()/> }}</span></div>
                    // More time alone opens nothing while the limit is reached.
                    {move || (!used_up.get()).then(|| view! { <button class="btn btn-quiet" type="button" data-testid="extend" on:click=move |_| dom::show_dialog(EXTEND)>{m.extend}</button> })}
                </li>
                <li>
                    <div><span class="k">{m.downloads}</span><span class="v" data-testid="owner-downloads">{move || { let (used, all) = used(); (m.used_of)(used, all) }}</span>
                        <span class="v" data-testid="owner-counts">{move || { let (opened, active, failed) = counts(); (m.owner_counts)(opened, active, failed) }}</span></div>
                    <button class="btn btn-quiet" type="button" data-testid="limit" on:click=move |_| dom::show_dialog(LIMIT)>{move || if used_up.get() { m.raise_limit } else { m.change_limit }}</button>
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
    let standing = Memo::new(move |_| {
        sending
            .card
            .with(|card| card.as_ref().map(Standing::of).unwrap_or_default())
    });
    // The dialog begins with the limit that holds, or with one that opens the link again.
    let first = Memo::new(move |_| {
        let (standing, allowed) = (standing.get(), sending.allowed.get());
        let more = options::counts(&allowed, standing.limit)
            .into_iter()
            .find(|count| *count > standing.used);
        more.filter(|_| standing.used_up).unwrap_or(standing.limit)
    });
    let wish = RwSignal::new(first.get_untracked());
    Effect::new(move |_| wish.set(first.get()));
    let closes = move || {
        let (standing, wish) = (standing.get(), wish.get());
        wish <= standing.used + standing.active && (standing.used_up || wish != standing.limit)
    };
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
                <div aria-live="polite">
                    {move || closes().then(|| {
                        let Standing { used, active, used_up, .. } = standing.get();
                        let text = if used_up { (m.limit_raise)(used) } else { (m.limit_closes)(used, active) };
                        view! { <p class="error" data-testid="limit-closes"><Icon name="alert" small=true/><span>{text}</span></p> }
                    })}
                </div>
            </div>
            <div class="row">
                <button class="btn btn-primary" type="button" data-testid="limit-save" disabled=move || closes() && standing.get().used_up on:click=move |_| {
                    dom::close_dialog(LIMIT);
                    // The server takes no number below what is used and going on: that number closes the link.
                    let Standing { used, active, .. } = standing.get_untracked();
                    sending.limit(wish.get_untracked().max(used + active));
                }>{m.save}</button>
                <button class="btn" type="button" data-testid="limit-cancel" on:click=move |_| dom::close_dialog(LIMIT)>{m.cancel}</button>
            </div>
        </Dialog>
    }
    .into_any()
}

/// What of a link decides what another limit does to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Standing {
    limit: u32,
    used: u32,
    active: u32,
    used_up: bool,
}

impl Standing {
    fn of(card: &Card) -> Self {
        Self {
            limit: card.max_downloads,
            used: card.used,
            active: card.active,
            used_up: matches!(card.over, Some(Over::UsedUp { .. })),
        }
    }
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

//! The access tokens of the account: the list, a new one, and the code that it may need.

use leptos::prelude::*;
use sealdrop_api::account::{AccessTokenStatus, Scope};

use crate::{
    account::overview::Overview,
    components::{copy_button::CopyButton, icon::Icon, values::Moment},
    dom,
    messages::account as words,
    model::times,
    pages::account_trouble::TroubleView,
};

const NAME: &str = "token-name";
const DAYS: &str = "token-days";
const TOKEN: &str = "token";
const CONFIRM: &str = "confirm-code";
/// Days that are offered; the server takes a year at most.
const OFFERED: [u64; 3] = [30, 90, 365];

/// All of it.
#[component]
pub(crate) fn AccessTokens(overview: Overview) -> impl IntoView {
    let m = words();
    let made = Memo::new(move |_| overview.made.with(Option::is_some));
    let confirming = Memo::new(move |_| overview.confirming.with(Option::is_some));
    let is_empty = Memo::new(move |_| overview.tokens.with(|all| all.as_ref().is_some_and(Vec::is_empty)));
    view! {
        <section class="panel" aria-labelledby="tokens-heading">
            <div class="panel-head"><div class="head-t"><h2 id="tokens-heading">{m.tokens_title}</h2><span class="sum">{m.tokens_lead}</span></div></div>
            {move || is_empty.get().then(|| view! { <p class="panel-pad muted" data-testid="no-tokens">{m.no_tokens}</p> })}
            <ul class="ctl" role="list" data-testid="tokens">
                {move || overview.tokens.get().unwrap_or_default().into_iter().map(|token| view! { <Token overview token/> }).collect_view()}
            </ul>
            <div class="panel-pad stack">
                <TroubleView overview at_tokens=true/>
                {move || match (made.get(), confirming.get()) {
                    (true, _) => view! { <Made overview/> }.into_any(),
                    (false, true) => view! { <Confirm overview/> }.into_any(),
                    (false, false) => view! { <NewToken overview/> }.into_any(),
                }}
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Token(overview: Overview, token: AccessTokenStatus) -> impl IntoView {
    let m = words();
    let id = token.token_id;
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| (m.scope_short)(*scope)).collect();
    let label = (m.revoke_token)(&token.name);
    let seen = match token.seen_at {
        Some(at) => view! { {m.token_seen}<Moment at_ms=times::of_api(at.unix_timestamp_nanos())/> }.into_any(),
        None => m.token_never.into_any(),
    };
    view! {
        <li data-testid="token">
            <div>
                <span class="v"><bdi>{token.name}</bdi></span>
                <span class="k">{(m.may)(&scopes.join(", "))} " " {m.token_ends}<Moment at_ms=times::of_api(token.expires_at.unix_timestamp_nanos())/>{seen}</span>
            </div>
            <button class="btn btn-danger" type="button" data-testid="revoke-token" aria-label=label on:click=move |_| overview.revoke(id)>{m.revoke}</button>
        </li>
    }
    .into_any()
}

#[component]
fn NewToken(overview: Overview) -> impl IntoView {
    let m = words();
    let scopes = RwSignal::new(vec![Scope::Send]);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let days = dom::value_of(DAYS).parse().unwrap_or(OFFERED[1]);
        overview.make_token(dom::value_of(NAME), scopes.get_untracked(), days);
    };
    view! {
        <details class="fold">
            <summary data-testid="new-token"><Icon name="right" small=true class="chev"/>{m.new_token}</summary>
            <form class="stack with-script" on:submit=submit>
                <div class="field">
                    <label for=NAME>{m.token_name}</label>
                    <input class="input" id=NAME type="text" maxlength="100" autocomplete="off" data-testid="token-name" aria-describedby="token-name-hint"/>
                    <p class="hint" id="token-name-hint">{m.token_name_hint}</p>
                </div>
                <fieldset class="plain-set">
                    <legend>{m.token_scopes}</legend>
                    {Scope::ALL.map(|scope| view! {
                        <label class="check">
                            <input
                                type="checkbox"
                                data-testid=format!("scope-{}", scope.as_str())
                                checked=scope == Scope::Send
                                on:change=move |event| {
                                    let on = event_target_checked(&event);
                                    scopes.update(|all| {
                                        all.retain(|one| *one != scope);
                                        if on {
                                            all.push(scope);
                                        }
                                    });
                                }
                            />
                            <span>{(m.scope)(scope)}</span>
                        </label>
                    }).collect_view()}
                </fieldset>
                <div class="field">
                    <label for=DAYS>{m.token_lifetime}</label>
                    <select class="input unit" id=DAYS data-testid="token-days">
                        {OFFERED.map(|days| view! { <option value=days.to_string() selected=days == OFFERED[1]>{(m.lifetime)(days)}</option> }).collect_view()}
                    </select>
                </div>
                <div><button class="btn btn-primary" type="submit" data-testid="make-token" aria-disabled=move || overview.busy.get().then_some("true")>{m.make_token}</button></div>
            </form>
        </details>
    }
    .into_any()
}

/// The token itself, once.
#[component]
fn Made(overview: Overview) -> impl IntoView {
    let m = words();
    let token = move || {
        overview
            .made
            .with(|made| made.as_ref().map(|made| made.token.expose()).unwrap_or_default())
    };
    view! {
        <div class="stack" data-testid="token-made">
            <div class="note note-key"><Icon name="key"/><div><strong>{m.token_made}</strong><span>{m.token_once}</span></div></div>
            <p class="pasted" id=TOKEN data-testid="token-text">{token}</p>
            <div class="row">
                <CopyButton text=Signal::derive(token) label=m.copy_token testid="copy-token" shown_in=TOKEN class="btn btn-primary"/>
                <button class="btn" type="button" data-testid="token-kept" on:click=move |_| overview.made.set(None)>{m.token_kept}</button>
            </div>
        </div>
    }
    .into_any()
}

/// A code that shows that it is them, in the place of what needs it.
#[component]
fn Confirm(overview: Overview) -> impl IntoView {
    let m = words();
    let is_sent = Memo::new(move |_| {
        overview
            .confirming
            .with(|waiting| waiting.as_ref().is_some_and(|waiting| waiting.is_sent))
    });
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
                <button class="btn btn-primary" type="submit" data-testid="confirm-go" aria-disabled=move || overview.busy.get().then_some("true")>
                    {move || if is_sent.get() { m.confirm_enter } else { m.confirm_send }}
                </button>
                <button class="btn" type="button" data-testid="confirm-leave" on:click=move |_| overview.confirming.set(None)>{m.leave}</button>
            </div>
        </form>
    }
    .into_any()
}

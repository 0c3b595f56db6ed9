//! The access tokens of the account: the list, and a new one.

use leptos::prelude::*;
use sealdrop_api::account::{AccessTokenStatus, Scope};

use crate::{
    account::{overview::Overview, wish::Place},
    components::{copy_button::CopyButton, icon::Icon, values::Moment},
    dom,
    messages::account as words,
    model::times,
    pages::{account_confirm::Confirm, account_trouble::TroubleView},
};

const NAME: &str = "token-name";
const DAYS: &str = "token-days";
const TOKEN: &str = "token";
const MADE: &str = "token-made";
const NEW: &str = "new-token";
/// Days that are offered; the server takes a year at most.
const OFFERED: [u64; 3] = [30, 90, 365];

/// All of it.
#[component]
pub(crate) fn AccessTokens(overview: Overview) -> impl IntoView {
    let m = words();
    let made = Memo::new(move |_| overview.made.with(Option::is_some));
    let confirming = Memo::new(move |_| overview.confirms_at(Place::Tokens));
    let is_empty = Memo::new(move |_| overview.tokens.with(|all| all.as_ref().is_some_and(Vec::is_empty)));
    view! {
        <section class="panel" aria-labelledby="tokens-heading">
            <div class="panel-head"><div class="head-t"><h2 id="tokens-heading">{m.tokens_title}</h2><span class="sum">{m.tokens_lead}</span></div></div>
            {move || is_empty.get().then(|| view! { <p class="panel-pad muted" data-testid="no-tokens">{m.no_tokens}</p> })}
            <ul class="ctl" role="list" data-testid="tokens">
                {move || overview.tokens.get().unwrap_or_default().into_iter().map(|token| view! { <Token overview token/> }).collect_view()}
            </ul>
            <div class="panel-pad stack">
                <TroubleView overview at=Place::Tokens/>
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
    // What was typed before a confirmation that was left.
    let draft = overview.token_draft.get_untracked();
    let is_open = draft.is_some();
    let (name, chosen, days) = match draft {
        Some(draft) => (
            draft.name,
            draft.scopes,
            draft.expires_in.map(|seconds| seconds / 86_400),
        ),
        None => (String::new(), vec![Scope::Send], None),
    };
    let days = days.unwrap_or(OFFERED[1]);
    let scopes = RwSignal::new(chosen.clone());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let days = dom::value_of(DAYS).parse().unwrap_or(OFFERED[1]);
        overview.make_token(dom::value_of(NAME), scopes.get_untracked(), days);
    };
    view! {
        <details class="fold" open=is_open>
            <summary id=NEW data-testid="new-token"><Icon name="right" small=true class="chev"/>{m.new_token}</summary>
            <form class="stack with-script" on:submit=submit>
                <div class="field">
                    <label for=NAME>{m.token_name}</label>
                    <input class="input" id=NAME type="text" maxlength="100" autocomplete="off" value=name data-testid="token-name" aria-describedby="token-name-hint"/>
                    <p class="hint" id="token-name-hint">{m.token_name_hint}</p>
                </div>
                <fieldset class="plain-set">
                    <legend>{m.token_scopes}</legend>
                    {Scope::ALL.map(|scope| view! {
                        <label class="check">
                            <input
                                type="checkbox"
                                data-testid=format!("scope-{}", scope.as_str())
                                checked=chosen.contains(&scope)
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
                        {OFFERED.map(|offered| view! { <option value=offered.to_string() selected=offered == days>{(m.lifetime)(offered)}</option> }).collect_view()}
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
    Effect::new(move |_| request_animation_frame(|| dom::focus(MADE)));
    view! {
        <div class="stack" id=MADE role="group" aria-label=m.token_made tabindex="-1" data-testid="token-made">
            <div class="note note-key"><Icon name="key"/><div><strong>{m.token_made}</strong><span>{m.token_once}</span></div></div>
            <p class="pasted" id=TOKEN data-testid="token-text">{token}</p>
            <div class="row">
                <CopyButton text=Signal::derive(token) label=m.copy_token testid="copy-token" shown_in=TOKEN class="btn btn-primary"/>
                <button class="btn" type="button" data-testid="token-kept" on:click=move |_| {
                    overview.made.set(None);
                    request_animation_frame(|| dom::focus(NEW));
                }>{m.token_kept}</button>
            </div>
        </div>
    }
    .into_any()
}

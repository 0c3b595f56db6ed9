//! `/account`: who is signed in, their space, links, sessions and access tokens.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    account::{AccountState, overview::Overview, wish::Place},
    components::icon::Icon,
    engine,
    messages::{account as words, t},
    model::numbers,
    pages::{
        access_tokens::AccessTokens,
        account_data::AccountData,
        account_email::EmailAddress,
        account_notices::NoticeChoices,
        account_trouble::{SaidView, TroubleView},
        own_links::OwnLinks,
        sessions::Sessions,
    },
    split::split_view,
    transfers::sending::Sending,
};

split_view!(account: ACCOUNT_PAGE, load_account_page, account_page = AccountPage());

/// The page.
#[component]
fn AccountPage() -> impl IntoView {
    let account = expect_context::<AccountState>();
    let (signed_in, overview) = (account.signed_in, account.overview());
    let sending = expect_context::<Sending>();
    let navigate = use_navigate();
    Effect::new(move |before: Option<()>| {
        signed_in.fresh.set_value(false);
        if signed_in.email.with(Option::is_none) {
            let options = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            navigate("/signin", options);
        } else if before.is_none() {
            overview.read();
            sending.ask_limits();
        }
    });
    view! { <AccountScreen overview/> }
}

/// What it shows.
#[component]
pub(crate) fn AccountScreen(overview: Overview) -> impl IntoView {
    let m = words();
    let unsure = Memo::new(move |_| overview.signed_in.unsure.get());
    view! {
        <main id="main" data-screen="account">
            <div class="wrap">
                {move || if unsure.get() {
                    view! { <div class="page-head"><h1>{m.account_title}</h1><p role="status">{m.checking}</p></div> }.into_any()
                } else {
                    view! { <Whole overview/> }.into_any()
                }}
            </div>
        </main>
    }
    .into_any()
}

#[component]
fn Whole(overview: Overview) -> impl IntoView {
    let m = words();
    let email = move || overview.signed_in.email.get().unwrap_or_default();
    // Whether the account is known, else whether asking failed: a later error does not redraw a form that is being filled in.
    let known = Memo::new(move |_| match overview.user.with(Option::is_some) {
        true => Ok(()),
        false => Err(overview.trouble.with(Option::is_some)),
    });
    view! {
        <div class="stack stack-8">
            <div class="stack stack-2">
                <div class="row">
                    <div class="page-head">
                        <h1>{m.account_title}</h1>
                        <p><span data-testid="account-email">{email}</span>{move || overview.user.get().map(|user| format!(" · {}", (m.plan)(&user.plan)))}</p>
                    </div>
                    <form class="push" method="post" action="/_ui/sign-out" on:submit=move |event| {
                        event.prevent_default();
                        overview.sign_out();
                    }>
                        <button class="btn" type="submit" data-testid="sign-out" aria-disabled=move || overview.busy.get().then_some("true")>{m.sign_out}</button>
                    </form>
                </div>
                <SaidView overview at=Place::Top/>
                <TroubleView overview at=Place::Top/>
            </div>
            <div class="note no-script"><Icon name="info"/><div><strong>{m.needs_script_title}</strong><span>{m.needs_script}</span></div></div>
            {move || match known.get() {
                Ok(()) => view! {
                    <Space overview/>
                    <OwnLinks overview/>
                    <EmailAddress overview/>
                    <NoticeChoices overview/>
                    <Sessions overview/>
                    <AccessTokens overview/>
                    <AccountData overview/>
                }.into_any(),
                Err(false) => view! { <p class="muted with-script" role="status">{m.reading}</p> }.into_any(),
                Err(true) => view! {
                    <div><button class="btn btn-primary" type="button" data-testid="try-again" on:click=move |_| {
                        overview.trouble.set(None);
                        overview.read();
                    }><Icon name="retry"/>{m.try_again}</button></div>
                }.into_any(),
            }}
        </div>
    }
    .into_any()
}

/// How much the account holds.
#[component]
fn Space(overview: Overview) -> impl IntoView {
    let m = words();
    let numbers = move || {
        overview.user.with(|user| {
            user.as_ref().map_or((0, 0, 0), |user| {
                (user.used_bytes, user.reserved_bytes, user.quota_bytes)
            })
        })
    };
    let text = move || {
        let (used, _, quota) = numbers();
        (m.space)(&numbers::bytes(used), &numbers::limit(quota))
    };
    view! {
        <section class="panel" aria-labelledby="space-heading">
            <div class="panel-head"><h2 id="space-heading">{m.space_title}</h2></div>
            <div class="panel-pad stack stack-2">
                <p data-testid="account-space">{text}</p>
                <progress
                    class="bar"
                    aria-labelledby="space-heading"
                    max=move || numbers().2.max(1).to_string()
                    value=move || (numbers().0 + numbers().1).to_string()
                    aria-valuetext=text
                ></progress>
                {move || (numbers().1 > 0).then(|| view! { <p class="hint" data-testid="account-reserved">{(m.reserved)(&numbers::bytes(numbers().1))}</p> })}
                <p class="hint">{m.space_hint}</p>
                {engine::sells().map(|_| view! {
                    <div class="row">
                        <a class="btn" href="/billing" rel="external" data-testid="account-billing">{m.billing}</a>
                        <a class="btn btn-quiet" href="/plans" rel="external" data-testid="account-plans">{t().see_plans}</a>
                    </div>
                })}
            </div>
        </section>
    }
    .into_any()
}

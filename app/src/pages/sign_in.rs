//! `/signin`: an address, then the code that was sent there. Both are forms that work without a program.

use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    account::{
        AccountState,
        sign_in::{CODE, EMAIL, SigningIn},
    },
    components::icon::{Icon, Rosette},
    dom, engine,
    messages::account as words,
    split::split_view,
};

split_view!(signin: SIGN_IN_PAGE, load_sign_in_page, sign_in_page = SignInPage());

/// What says why the field's content was refused.
const REFUSED: &str = "refused";

/// The page.
#[component]
fn SignInPage() -> impl IntoView {
    let account = expect_context::<AccountState>();
    let (signed_in, signing_in) = (account.signed_in, account.signing_in());
    let navigate = use_navigate();
    let next = engine::visitor().next;
    Effect::new(move |before: Option<()>| {
        if before.is_none() {
            signing_in.begin();
        }
        if signed_in.email.with(Option::is_some) {
            // Plans are a document of their own.
            if next.as_deref().is_some_and(dom::go) {
                return;
            }
            let options = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            navigate("/account", options);
        }
    });
    view! { <SignInScreen signing_in/> }
}

/// What it shows.
#[component]
pub(crate) fn SignInScreen(signing_in: SigningIn) -> impl IntoView {
    let asks_code = Memo::new(move |_| signing_in.sent.with(Option::is_some));
    let home = Memo::new(move |_| signing_in.home.get());
    // A step that comes takes the focus to its field; the first one leaves it where it is.
    Effect::new(move |before: Option<bool>| {
        let now = asks_code.get();
        if before.is_some_and(|before| before != now) {
            request_animation_frame(move || dom::focus(if now { CODE } else { EMAIL }));
        }
        now
    });
    // A refusal takes it there too, whether the code was entered by key or by button.
    Effect::new(move |before: Option<()>| {
        if signing_in.trouble.with(Option::is_some) && before.is_some() {
            let field = if asks_code.get_untracked() { CODE } else { EMAIL };
            request_animation_frame(move || dom::retype(field));
        }
    });
    view! {
        <main id="main" class="gate" data-screen=move || if asks_code.get() { "sign-in-code" } else { "sign-in" }>
            <Rosette/>
            <div class="wrap">
                {move || match (home.get(), asks_code.get()) {
                    (Some(home), _) => view! { <Elsewhere home/> }.into_any(),
                    (None, false) => view! { <EmailStep signing_in/> }.into_any(),
                    (None, true) => view! { <CodeStep signing_in/> }.into_any(),
                }}
            </div>
        </main>
    }
    .into_any()
}

/// A cookie of this server would be kept for another name than the one that people use.
#[component]
fn Elsewhere(home: String) -> impl IntoView {
    let m = words();
    view! {
        <div class="gate-form">
            <div class="page-head"><h1>{m.elsewhere_title}</h1><p>{m.elsewhere}</p></div>
            <div><a class="btn btn-primary btn-big btn-fill-phone" href=format!("{home}/signin") rel="external" data-testid="sign-in-home">{(m.elsewhere_go)(&home)}</a></div>
        </div>
    }
    .into_any()
}

/// The submit of a form that a program takes over.
fn taken(act: impl Fn() + 'static) -> impl Fn(ev::SubmitEvent) + 'static {
    move |event| {
        event.prevent_default();
        act();
    }
}

#[component]
fn EmailStep(signing_in: SigningIn) -> impl IntoView {
    let m = words();
    let invalid = move || signing_in.trouble.with(Option::is_some);
    view! {
        <form class="gate-form" method="post" action="/_ui/sign-in/code" novalidate=true on:submit=taken(move || signing_in.ask(dom::value_of(EMAIL)))>
            <div class="page-head"><h1>{m.sign_in_title}</h1><p>{m.sign_in_line}</p></div>
            <Said signing_in/>
            <div class="field">
                <label for=EMAIL>{m.email}</label>
                <input
                    class="input"
                    id=EMAIL
                    name="email"
                    type="email"
                    autocomplete="email"
                    autocapitalize="none"
                    spellcheck="false"
                    required=true
                    data-testid="sign-in-email"
                    aria-describedby=REFUSED
                    aria-invalid=move || invalid().then_some("true")
                />
                <Refused signing_in/>
            </div>
            <div class="row">
                <button class="btn btn-primary btn-big btn-fill-phone" type="submit" data-testid="send-code" aria-disabled=move || signing_in.busy.get().then_some("true")>
                    <Icon name="mail"/>
                    {m.send_code}
                </button>
                <Working signing_in/>
            </div>
            <p class="hint">{m.sign_in_hint}</p>
        </form>
    }
    .into_any()
}

#[component]
fn CodeStep(signing_in: SigningIn) -> impl IntoView {
    let m = words();
    let email = move || {
        signing_in
            .sent
            .with(|sent| sent.as_ref().map(|sent| sent.email.clone()))
    };
    let invalid = move || signing_in.trouble.with(Option::is_some);
    let ended = Memo::new(move |_| signing_in.ended.get());
    let [before, after] = m.code_sent_to;
    view! {
        <div class="gate-form">
            <div class="page-head"><h1>{m.code_title}</h1><p>{before}<b data-testid="sent-to">{email}</b>{after}</p></div>
            <Said signing_in/>
            <form class="stack" method="post" action="/_ui/sign-in/session" on:submit=taken(move || signing_in.enter(dom::value_of(CODE)))>
                <div class="field">
                    <label for=CODE>{m.code}</label>
                    <input
                        class="input code-input"
                        id=CODE
                        name="code"
                        type="text"
                        inputmode="numeric"
                        autocomplete="one-time-code"
                        autocapitalize="none"
                        spellcheck="false"
                        data-testid="sign-in-code"
                        aria-describedby=REFUSED
                        aria-invalid=move || invalid().then_some("true")
                    />
                    <Refused signing_in/>
                </div>
                {move || (!ended.get()).then(|| view! {
                    <div class="row">
                        <button class="btn btn-primary btn-big btn-fill-phone" type="submit" data-testid="sign-in" aria-disabled=move || signing_in.busy.get().then_some("true")>{m.enter}</button>
                        <Working signing_in/>
                    </div>
                })}
            </form>
            <div class="row">
                <form method="post" action="/_ui/sign-in/code" on:submit=taken(move || signing_in.ask_again())>
                    {move || {
                        let class = if ended.get() { "btn btn-primary btn-big" } else { "btn btn-quiet" };
                        let wait = move || if ended.get() { 0 } else { signing_in.wait.get() };
                        view! {
                            <button class=class type="submit" data-testid="send-again" aria-disabled=move || (wait() > 0 || signing_in.busy.get()).then_some("true")>
                                {move || match (ended.get(), wait()) {
                                    (true, _) => m.send_new.to_owned(),
                                    (false, 0) => m.send_again.to_owned(),
                                    (false, seconds) => (m.send_again_in)(seconds),
                                }}
                            </button>
                        }
                    }}
                </form>
                <form method="post" action="/_ui/sign-in/other" on:submit=taken(move || signing_in.other_address())>
                    <button class="btn btn-quiet" type="submit" data-testid="other-address">{m.other_address}</button>
                </form>
            </div>
            <p class="hint">{m.code_hint}</p>
        </div>
    }
    .into_any()
}

/// What happened before, where that is no trouble.
#[component]
fn Said(signing_in: SigningIn) -> impl IntoView {
    view! {
        <div aria-live="polite">
            {move || signing_in.said.get().map(|text| view! {
                <div class="note" data-testid="sign-in-said"><Icon name="info"/><div><span>{text}</span></div></div>
            })}
        </div>
    }
    .into_any()
}

/// What is wrong with what was typed.
#[component]
fn Refused(signing_in: SigningIn) -> impl IntoView {
    view! {
        <div aria-live="assertive" id=REFUSED>
            {move || signing_in.trouble.get().map(|trouble| view! {
                <p class="error" data-testid="error" data-problem=trouble.name><Icon name="alert" small=true/><span>{trouble.text}</span></p>
            })}
        </div>
    }
    .into_any()
}

#[component]
fn Working(signing_in: SigningIn) -> impl IntoView {
    view! { <span class="muted sm" role="status">{move || signing_in.busy.get().then(|| words().one_moment)}</span> }
        .into_any()
}

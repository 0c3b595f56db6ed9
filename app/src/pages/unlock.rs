//! Before the list can be opened: the moment of opening, and the password.

use leptos::prelude::*;

use crate::{
    components::{
        icon::{Icon, Rosette, Seal},
        password_field::PasswordField,
    },
    dom,
    messages::t,
    split::split_view,
    transfers::receiving::Receiving,
};

/// The field of the password: it has the focus when the gate appears.
pub(crate) const UNLOCK_PASSWORD: &str = "link-password";

/// What every visitor gets first, from the server, with or without a program.
#[component]
pub(crate) fn Opening() -> impl IntoView {
    let m = t();
    view! {
        <main id="main" class="gate" data-screen="receive-opening">
            <Rosette/>
            <div class="wrap">
                <div class="gate-form">
                    <Seal form="open" small=true/>
                    <div class="page-head">
                        <h1><span class="with-script">{m.opening}</span><span class="without-script">{m.not_opened}</span></h1>
                        <p class="with-script">{m.opening_line}</p>
                    </div>
                    <div class="note no-script">
                        <Icon name="info"/>
                        <div><strong>{m.needs_script_receive_title}</strong><span>{m.needs_script_receive}</span></div>
                    </div>
                </div>
            </div>
        </main>
    }
    .into_any()
}

split_view!(password: UNLOCK_SCREEN, load_unlock_screen, unlock_screen = view! { <Unlock receiving=expect_context()/> });

/// The password gate.
#[component]
pub(crate) fn Unlock(receiving: Receiving) -> impl IntoView {
    let m = t();
    let password = RwSignal::new(String::new());
    let empty = RwSignal::new(false);
    // Its one field has the focus from the start; a refusal moves the cursor back to where it can be mended.
    Effect::new(move |before: Option<()>| {
        if receiving.wrong.get() {
            dom::focus(UNLOCK_PASSWORD);
        } else if before.is_none() {
            // After the page has moved the focus to the heading of what came.
            request_animation_frame(|| dom::focus(UNLOCK_PASSWORD));
        }
    });
    let still_empty = move || empty.get() && password.with(String::is_empty);
    let problem = Memo::new(move |_| match (still_empty(), receiving.wrong.get()) {
        (true, _) => Some(("empty-password", t().empty_password)),
        (false, true) => Some(("wrong-password", t().wrong_password)),
        _ => None,
    });
    let refused = Signal::derive(move || problem.get().is_some());
    let described = Signal::derive(move || refused.get().then_some("wrong-password"));
    view! {
        <main id="main" class="gate" data-screen="receive-password">
            <Rosette/>
            <div class="wrap">
                <form
                    class="gate-form"
                    on:submit=move |event| {
                        event.prevent_default();
                        let typed = password.get_untracked();
                        empty.set(typed.is_empty());
                        if typed.is_empty() {
                            dom::focus(UNLOCK_PASSWORD);
                        } else if !receiving.trying.get_untracked() {
                            receiving.open(Some(typed));
                        }
                    }
                >
                    <Seal form="open" small=true/>
                    <div class="page-head">
                        <h1>{m.gate_title}</h1>
                        <p>{m.gate_line}</p>
                    </div>
                    <div class="field">
                        <label for=UNLOCK_PASSWORD>{m.password}</label>
                        <PasswordField id=UNLOCK_PASSWORD testid="receive-password" value=password autocomplete="off" described_by=described invalid=refused/>
                        <div aria-live="assertive">
                            {move || problem.get().map(|(name, text)| view! {
                                <p class="error" id="wrong-password" data-testid="error" data-problem=name>
                                    <Icon name="alert" small=true/>
                                    <span>{text}</span>
                                </p>
                            })}
                        </div>
                    </div>
                    <div class="row">
                        <button class="btn btn-primary btn-big btn-fill-phone" type="submit" data-testid="receive-open" aria-disabled=move || receiving.trying.get().then_some("true")>
                            <Icon name="key"/>
                            {m.open}
                        </button>
                        <span class="muted sm" role="status">{move || if receiving.trying.get() { m.gate_working } else { m.gate_slow }}</span>
                    </div>
                    <p class="hint">{m.gate_hint}</p>
                </form>
            </div>
        </main>
    }
    .into_any()
}

//! A password, with a button that shows it.

use leptos::prelude::*;

use crate::{components::icon::Icon, messages::t};

/// The field without its label; typing goes to `value`.
#[component]
pub(crate) fn PasswordField(
    id: &'static str,
    testid: &'static str,
    value: RwSignal<String>,
    autocomplete: &'static str,
    #[prop(into)] described_by: Signal<Option<&'static str>>,
    #[prop(into)] invalid: Signal<bool>,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    view! {
        <div class="with-button">
            <input
                class="input"
                id=id
                data-testid=testid
                type=move || if shown.get() { "text" } else { "password" }
                autocomplete=autocomplete
                autocapitalize="none"
                spellcheck="false"
                aria-describedby=move || described_by.get()
                aria-invalid=move || invalid.get().then_some("true")
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
            <button
                class="btn btn-icon plain"
                type="button"
                data-testid="show-password"
                title=t().show_password
                aria-pressed=move || if shown.get() { "true" } else { "false" }
                on:click=move |_| shown.update(|shown| *shown = !*shown)
            >
                <Icon name="eye"/>
                <span class="visually-hidden">{t().show_password}</span>
            </button>
        </div>
    }
    .into_any()
}

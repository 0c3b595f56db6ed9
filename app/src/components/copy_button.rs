//! The button that copies a text. It shows a tick and "Copied" for two seconds.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use crate::{components::icon::Icon, dom, messages::t};

/// How long the button says that it has copied.
const SHOWN_FOR: Duration = Duration::from_secs(2);

/// Copies `text` at a press. `shown_in` is the id of the element that shows the text: it is selected where the browser does
/// not allow copying. `done` gets the result of each press.
#[component]
pub(crate) fn CopyButton(
    #[prop(into)] text: Signal<String>,
    label: &'static str,
    testid: &'static str,
    shown_in: &'static str,
    #[prop(default = "btn")] class: &'static str,
    #[prop(optional, into)] done: Option<Callback<bool>>,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    // Counts presses: the clock of an earlier press does not end what a later one shows.
    let turn = StoredValue::new(0_u32);
    let press = move || {
        let text = text.get_untracked();
        spawn_local(async move {
            let worked = dom::copy(&text, shown_in).await;
            if let Some(done) = done {
                done.run(worked);
            }
            // The screen may be another one by now.
            let Some(now) = turn.try_update_value(|turn| {
                *turn += 1;
                *turn
            }) else {
                return;
            };
            copied.try_set(worked);
            set_timeout(
                move || {
                    if turn.try_get_value() == Some(now) {
                        copied.try_set(false);
                    }
                },
                SHOWN_FOR,
            );
        });
    };
    view! {
        <button class=class type="button" data-testid=testid on:click=move |_| press()>
            {move || if copied.get() { view! { <Icon name="check"/> } } else { view! { <Icon name="copy"/> } }}
            <span aria-live="polite">{move || if copied.get() { t().copied } else { label }}</span>
        </button>
    }
    .into_any()
}

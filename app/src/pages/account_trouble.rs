//! What went wrong on the page of the account.

use leptos::prelude::*;

use crate::{account::overview::Overview, components::icon::Icon};

/// What went wrong, in one of the two places where that is said.
#[component]
pub(crate) fn TroubleView(overview: Overview, at_tokens: bool) -> impl IntoView {
    let here = move || overview.trouble.get().filter(|_| overview.at_tokens.get() == at_tokens);
    view! {
        <div aria-live="assertive">
            {move || here().map(|trouble| view! {
                <p class="error" data-testid="error" data-problem=trouble.name><Icon name="alert" small=true/><span>{trouble.text}</span></p>
            })}
        </div>
    }
    .into_any()
}

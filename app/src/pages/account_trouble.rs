//! What went wrong on the page of the account, and what was done: each beside what it is about.

use leptos::prelude::*;

use crate::{
    account::{overview::Overview, wish::Place},
    components::icon::Icon,
};

/// What went wrong here.
#[component]
pub(crate) fn TroubleView(overview: Overview, at: Place) -> impl IntoView {
    let here = move || overview.trouble.get().filter(|_| overview.at.get() == at);
    view! {
        <div aria-live="assertive">
            {move || here().map(|trouble| view! {
                <p class="error" data-testid="error" data-problem=trouble.name><Icon name="alert" small=true/><span>{trouble.text}</span></p>
            })}
        </div>
    }
    .into_any()
}

/// What was done: at the top of the page, but for what is far below it.
#[component]
pub(crate) fn SaidView(overview: Overview, at: Place) -> impl IntoView {
    let is_here = move || (overview.at.get() == Place::Data) == (at == Place::Data);
    view! {
        <div aria-live="polite">
            {move || overview.said.get().filter(|_| is_here()).map(|text| view! { <div class="note" data-testid="account-said"><Icon name="check"/><div><span>{text}</span></div></div> })}
        </div>
    }
    .into_any()
}

//! An address that leads nowhere.

use leptos::prelude::*;

use crate::{
    components::error_view::TroubleView,
    engine,
    messages::t,
    model::trouble::{Ending, Remedy, Trouble},
    transfers::pasting::open_link,
};

/// The page for every other path.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    engine::answer_not_found();
    let trouble = Trouble::new("not-found", t().not_found, Ending::Ended, Remedy::Send);
    view! {
        <main id="main" data-screen="not-found">
            <div class="wrap"><TroubleView trouble retry=|()| () paste=|link: String| open_link(&link)/></div>
        </main>
    }
    .into_any()
}

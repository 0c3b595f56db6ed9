//! An address that leads nowhere.

use leptos::prelude::*;

use crate::{
    components::error_view::ErrorView,
    engine,
    messages::t,
    model::user_error::{Ending, Remedy, UserError},
    split::split_view,
    transfers::pasting::open_link,
};

split_view!(missing: NOT_FOUND_PAGE, load_not_found_page, not_found_page = NotFound());

/// The page for every other path.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    engine::answer_not_found();
    let error = UserError::new("not-found", t().not_found, Ending::Ended, Remedy::Send);
    view! {
        <main id="main" data-screen="not-found">
            <div class="wrap"><ErrorView error retry=|()| () paste=|link: String| open_link(&link)/></div>
        </main>
    }
    .into_any()
}

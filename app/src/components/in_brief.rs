//! An error in a few words, for where the screen of errors itself did not load.

use leptos::prelude::*;

use crate::model::user_error::UserError;

/// What happened, what is safe and what to do, with a button below.
#[component]
pub(crate) fn InBrief(error: UserError, children: Children) -> impl IntoView {
    view! {
        <main id="main" data-screen="error-in-brief">
            <div class="wrap">
                <div class="stack stack-6" data-testid="error" data-problem=error.name>
                    <h1>{error.title}</h1>
                    <p>{error.happened}</p>
                    <p>{error.safe}</p>
                    <p>{error.todo}</p>
                    <div class="row">{children()}</div>
                </div>
            </div>
        </main>
    }
    .into_any()
}

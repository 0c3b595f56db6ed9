//! An error in a few words, for where the screen of errors itself did not load.

use leptos::prelude::*;

use crate::model::user_error::UserError;

/// What happened, what is safe and what to do, with a button below.
#[component]
pub(crate) fn InBrief(trouble: UserError, children: Children) -> impl IntoView {
    view! {
        <main id="main" data-screen="trouble-in-brief">
            <div class="wrap">
                <div class="stack stack-6" data-testid="error" data-problem=trouble.name>
                    <h1>{trouble.title}</h1>
                    <p>{trouble.happened}</p>
                    <p>{trouble.safe}</p>
                    <p>{trouble.todo}</p>
                    <div class="row">{children()}</div>
                </div>
            </div>
        </main>
    }
    .into_any()
}

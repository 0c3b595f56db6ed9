//! Native dialogs: the browser keeps the focus inside and gives it back.

use leptos::prelude::*;

/// A modal dialog; [`crate::dom::show_dialog`] opens it by its id.
#[component]
pub(crate) fn Dialog(id: &'static str, title: &'static str, children: Children) -> impl IntoView {
    let (title_id, labelled_by, testid) = (format!("{id}-title"), format!("{id}-title"), format!("{id}-dialog"));
    view! {
        <dialog class="dlg" id=id aria-labelledby=labelled_by data-testid=testid>
            <div class="stack">
                <h2 id=title_id>{title}</h2>
                {children()}
            </div>
        </dialog>
    }
    .into_any()
}

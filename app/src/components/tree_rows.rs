//! A list of files in their folders, which open and close.

use std::{collections::BTreeSet, sync::Arc};

use leptos::prelude::*;

use crate::{
    components::{Icon, MAX_ROWS, MoreRows, rows::AT_ONCE},
    messages::t,
    model::{
        names,
        tree::{Line, Tree},
    },
};

/// The rows of a tree: of each folder that is open, what is in it. `row` draws one.
#[component]
pub(crate) fn TreeRows(
    #[prop(into)] tree: Signal<Arc<Tree>>,
    open: RwSignal<BTreeSet<String>>,
    row: impl Fn(Line) -> AnyView + Send + Sync + Clone + 'static,
    #[prop(optional)] testid: Option<&'static str>,
) -> impl IntoView {
    let shown = Memo::new(move |_| tree.with(|tree| open.with(|open| tree.lines(open, MAX_ROWS))));
    let drawn = RwSignal::new(AT_ONCE);
    // Hundreds of rows at once would hold the page up.
    Effect::new(move |_| {
        if drawn.get() < shown.with(|(lines, _)| lines.len()) {
            request_animation_frame(move || {
                // The list may be gone by then.
                let _ = drawn.try_update(|drawn| *drawn += AT_ONCE);
            });
        }
    });
    let lines = move || shown.with(|(lines, _)| lines.iter().take(drawn.get()).cloned().collect::<Vec<_>>());
    view! {
        <ul class="files" role="list" data-testid=testid>
            <For each=lines key=|line: &Line| line.node.key() children=row/>
        </ul>
        {move || view! { <MoreRows all=shown.with(|(_, all)| *all)/> }}
    }
    .into_any()
}

/// The start of a folder's row: opens it and closes it. The whole row is its target.
#[component]
pub(crate) fn Unfold(name: String, path: String, open: RwSignal<BTreeSet<String>>) -> impl IntoView {
    let at = path.clone();
    let is_open = Memo::new(move |_| open.with(|open| open.contains(&at)));
    view! {
        <button
            class="unfold"
            type="button"
            data-testid="unfold"
            aria-expanded=move || if is_open.get() { "true" } else { "false" }
            on:click=move |_| {
                open.update(|open| {
                    if !open.remove(&path) {
                        open.insert(path.clone());
                    }
                });
            }
        >
            <Icon name="right" small=true class="chev"/>
            <Icon name="folder"/>
            <span class="visually-hidden">{(t().in_folder)(&names::visible(&name))}</span>
        </button>
    }
    .into_any()
}

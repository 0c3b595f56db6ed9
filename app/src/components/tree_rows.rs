//! A list of files in their folders, which open and close.

use std::{collections::BTreeSet, sync::Arc};

use leptos::prelude::*;

use crate::{
    components::{
        file_list::{MAX_ROWS, MoreRows},
        icon::Icon,
        rows::drawn_in_turn,
    },
    messages::t,
    model::{
        items::RowKey,
        names,
        tree::{Line, Tree},
    },
};

/// The rows of a tree: of each folder that is open, what is in it. `row` draws one.
#[component]
pub(crate) fn TreeRows(
    #[prop(into)] tree: Signal<Arc<Tree>>,
    open: RwSignal<BTreeSet<RowKey>>,
    row: impl Fn(Line) -> AnyView + Send + Sync + Clone + 'static,
    #[prop(optional)] testid: Option<&'static str>,
) -> impl IntoView {
    let shown = Memo::new(move |_| tree.with(|tree| open.with(|open| tree.lines(open, MAX_ROWS))));
    let drawn = drawn_in_turn(move || shown.with(|(lines, _)| lines.len()));
    let lines = move || shown.with(|(lines, _)| lines.iter().take(drawn.get()).cloned().collect::<Vec<_>>());
    view! {
        <ul class="files" role="list" data-testid=testid>
            // A folder that got or lost a file says something else: its row is drawn anew.
            <For each=lines key=|line: &Line| (line.item.key, line.item.len, line.item.members.len()) children=row/>
        </ul>
        {move || view! { <MoreRows all=shown.with(|(_, all)| *all)/> }}
    }
    .into_any()
}

/// The start of a folder's row: opens it and closes it. The whole row is its target.
#[component]
pub(crate) fn Unfold(name: String, folder: RowKey, open: RwSignal<BTreeSet<RowKey>>) -> impl IntoView {
    let is_open = Memo::new(move |_| open.with(|open| open.contains(&folder)));
    view! {
        <button
            class="unfold"
            type="button"
            data-testid="unfold"
            aria-expanded=move || if is_open.get() { "true" } else { "false" }
            on:click=move |_| {
                open.update(|open| {
                    if !open.remove(&folder) {
                        open.insert(folder);
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

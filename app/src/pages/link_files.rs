//! What is in a link: its files in their folders, each with a tick box, a look and a download.

use std::{collections::BTreeSet, sync::Arc};

use leptos::prelude::*;

use crate::pages::file_actions::{DownloadOne, PreviewOne};
use crate::{
    components::{
        file_list::{FileRow, Tick},
        tree_rows::{TreeRows, Unfold},
    },
    engine,
    messages::t,
    model::{
        items::{Item, RowKey},
        names,
        tree::{Line, Tree},
    },
    transfers::receiving::Receiving,
};

/// Folders stand open at first while there are no more rows than this.
const OPEN_AT_FIRST: usize = 60;

/// The list; several files can be ticked.
#[component]
pub(crate) fn LinkFiles(receiving: Receiving) -> impl IntoView {
    let rows = receiving.items.get_untracked();
    if let [only] = rows.as_slice() {
        return view! {
            <ul class="files" role="list" data-testid="receive-files"><OnlyFile receiving item=only.clone()/></ul>
        }
        .into_any();
    }
    let paths = rows.iter().map(|row| match row.folder.as_str() {
        "" => (row.name.clone(), row.len),
        folder => (format!("{folder}/{}", row.name), row.len),
    });
    let paths: Vec<_> = paths.collect();
    let files = (0..).zip(&paths).map(|(at, (path, len))| (at, path.as_str(), *len));
    let tree = Tree::new(files);
    let open = RwSignal::new(tree.open_at_first(OPEN_AT_FIRST));
    let tree = Signal::stored(Arc::new(tree));
    view! {
        <PickHead receiving/>
        <TreeRows tree open testid="receive-files" row=move |line| row(receiving, open, &line)/>
        <p class="panel-foot">{t().several_are_one_zip}</p>
    }
    .into_any()
}

fn row(receiving: Receiving, open: RwSignal<BTreeSet<RowKey>>, line: &Line) -> AnyView {
    let Line { depth, item } = line.clone();
    let name = names::visible(&item.name);
    let members = Arc::new(item.members.clone());
    let count = {
        let members = Arc::clone(&members);
        Memo::new(move |_| {
            let is_in = |picked: &BTreeSet<usize>| members.iter().filter(|at| picked.contains(*at)).count();
            receiving.picked.with(is_in)
        })
    };
    let all = members.len();
    let ticked = Signal::derive(move || count.get() == all);
    let some = Signal::derive(move || (1..all).contains(&count.get()));
    let change = move |wanted: bool| receiving.pick(&members, wanted);
    let class = Signal::derive(move || if ticked.get() { "is-picked" } else { "" });
    if line.is_folder() {
        let lead = view! {
            <span class="row-start">
                <Tick name=name.clone() ticked some change/>
                <Unfold name folder=item.key open/>
            </span>
        }
        .into_any();
        return view! { <FileRow item class lead depth>""</FileRow> }.into_any();
    }
    let lead = view! { <span class="row-start"><Tick kind=item.kind name ticked some change/></span> }.into_any();
    view! {
        <FileRow below=below(&item) class lead depth item=item.clone()>
            <Acts receiving item/>
        </FileRow>
    }
    .into_any()
}

#[component]
fn OnlyFile(receiving: Receiving, item: Item) -> impl IntoView {
    view! { <FileRow below=below(&item) item=item.clone()><Acts receiving item/></FileRow> }
}

fn below(item: &Item) -> AnyView {
    let empty = (item.len == 0).then(|| view! { <span class="meta">{t().empty_file}</span> });
    empty.into_any()
}

/// What can be done with a file.
#[component]
fn Acts(receiving: Receiving, item: Item) -> impl IntoView {
    let at = item.members.first().copied().unwrap_or(0);
    let name = names::visible(&item.name);
    let look = engine::can_preview(&item.name, item.len);
    view! {
        <div class="acts">
            {look.then(|| view! { <PreviewOne receiving at name=name.clone()/> })}
            <DownloadOne receiving at name/>
        </div>
    }
}

/// Above the list: ticks all or none, and counts.
#[component]
fn PickHead(receiving: Receiving) -> impl IntoView {
    let m = t();
    let all = receiving.items.with_untracked(Vec::len);
    let count = Memo::new(move |_| receiving.picked.with(BTreeSet::len));
    let is_all = Signal::derive(move || count.get() == all);
    let is_some = Signal::derive(move || (1..all).contains(&count.get()));
    view! {
        <div class="panel-head">
            <label class="tick">
                <input
                    type="checkbox"
                    data-testid="pick-all"
                    checked=is_all.get_untracked()
                    prop:checked=is_all
                    prop:indeterminate=is_some
                    on:change:target=move |event| receiving.pick_all(event.target().checked())
                />
                <span>{m.select_all}</span>
            </label>
            <span class="sum" data-testid="picked">{move || (m.picked)(count.get() as u64, all as u64)}</span>
        </div>
    }
    .into_any()
}

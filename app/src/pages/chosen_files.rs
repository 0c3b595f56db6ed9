//! What is chosen for sending: files and folders, each with a button that takes it off the list.

use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::{
    components::{
        file_list::{FileRow, MAX_ROWS, file_icon},
        icon::Icon,
        tree_rows::{TreeRows, Unfold},
    },
    dom,
    messages::t,
    model::{items::RowKey, names, tree::Line},
    transfers::sending::Sending,
};

/// Where the focus goes when the list is empty of what it was on.
pub(crate) const ADD_MORE: &str = "add-more";

/// The list; folders are closed at first.
#[component]
pub(crate) fn ChosenFiles(sending: Sending) -> impl IntoView {
    let open = sending.open_folders;
    view! { <TreeRows tree=sending.tree open testid="chosen-files" row=move |line| row(sending, open, &line)/> }
}

fn remove_id(key: RowKey) -> String {
    format!("remove-{key}")
}

fn row(sending: Sending, open: RwSignal<BTreeSet<RowKey>>, line: &Line) -> AnyView {
    let m = t();
    let is_folder = line.is_folder();
    let Line { depth, item } = line.clone();
    let label = (m.remove)(&names::visible(&item.name));
    let hover = label.clone();
    let key = item.key;
    let empty = item.len == 0 && !is_folder;
    let below = empty.then(|| view! { <span class="meta">{m.empty_file_kept}</span> });
    let below = below.into_any();
    let lead = if is_folder {
        view! { <span class="row-start"><Unfold name=item.name.clone() folder=key open/></span> }.into_any()
    } else {
        view! { <Icon name=file_icon(item.kind)/> }.into_any()
    };
    let remove = move |_| {
        let lines = || {
            sending
                .tree
                .with_untracked(|tree| open.with_untracked(|open| tree.lines(open, MAX_ROWS).0))
        };
        let at = lines().iter().position(|line| line.item.key == key);
        sending.remove(key);
        let left = lines();
        let next = at.and_then(|at| left.get(at)).or(left.last());
        let next = next.map_or_else(|| ADD_MORE.to_owned(), |line| remove_id(line.item.key));
        request_animation_frame(move || dom::focus(&next));
    };
    view! {
        <FileRow item below lead depth>
            <div class="acts">
                <button class="btn btn-icon btn-quiet plain" type="button" id=remove_id(key) data-testid="remove" title=hover on:click=remove>
                    <Icon name="x"/>
                    <span class="visually-hidden">{label}</span>
                </button>
            </div>
        </FileRow>
    }
    .into_any()
}

//! Rows of files: names that keep their end, sizes, states.

use leptos::prelude::*;

use crate::{
    components::{icon::Icon, values::Size},
    messages::t,
    model::{
        items::{Item, Kind},
        names::{self, SplitName},
        run::{Direction, RowState},
    },
};

/// More rows than this are counted, not drawn.
pub(crate) const MAX_ROWS: usize = 500;

/// Rows of deeper folders stand no further in than this.
const DEEPEST: usize = 6;

/// One row; `lead` stands in place of its icon, `below` under the name, `children` at the end. `depth` is how many folders it is in.
#[component]
pub(crate) fn FileRow(
    item: Item,
    #[prop(optional, into)] class: Signal<&'static str>,
    #[prop(optional)] lead: Option<AnyView>,
    #[prop(optional)] below: Option<AnyView>,
    #[prop(default = 0)] depth: usize,
    children: Children,
) -> impl IntoView {
    let empty = item.len == 0 && item.holds.is_none();
    let meta = match item.holds {
        Some(holds) => Some((t().folder_holds)(holds.files as u64, holds.folders as u64)),
        None if !item.folder.is_empty() => Some(names::visible(&item.folder)),
        None => None,
    };
    view! {
        <li
            class=move || format!("file deep-{} {}{}", depth.min(DEEPEST), class.get(), if empty { " is-empty" } else { "" })
            attr:aria-level=(depth > 0).then(|| (depth + 1).to_string())
        >
            {lead.unwrap_or_else(|| view! { <Icon name=file_icon(item.kind)/> }.into_any())}
            <div class="file-main">
                <FileName name=item.name/>
                {meta.map(|meta| view! { <span class="meta"><bdi>{meta}</bdi></span> })}
                {below}
            </div>
            <Size bytes=item.len class="size"/>
            {children()}
        </li>
    }
    .into_any()
}

/// A tick box, with the icon of its file, for the start of a row; `name` is what it is called by those who do not see it, `some`
/// tells that a part of it is ticked.
#[component]
pub(crate) fn Tick(
    #[prop(optional)] kind: Option<Kind>,
    name: String,
    #[prop(into)] ticked: Signal<bool>,
    #[prop(into)] some: Signal<bool>,
    #[prop(into)] change: Callback<bool>,
) -> impl IntoView {
    view! {
        <label class="tick">
            <input type="checkbox" data-testid="pick" checked=ticked.get_untracked() prop:checked=ticked prop:indeterminate=some on:change:target=move |event| change.run(event.target().checked())/>
            {kind.map(|kind| view! { <Icon name=file_icon(kind)/> })}
            <span class="visually-hidden">{name}</span>
        </label>
    }
    .into_any()
}

/// A name whose start gives way and whose end stays.
#[component]
pub(crate) fn FileName(name: String) -> impl IntoView {
    let SplitName { stem, tail } = names::split(&name);
    view! {
        <span class="name" title=names::visible(&name)>
            <bdi class="name-stem">{stem}</bdi>
            {(!tail.is_empty()).then(|| view! { <span class="name-tail">{tail}</span> })}
        </span>
    }
    .into_any()
}

/// Says how many rows are not drawn.
#[component]
pub(crate) fn MoreRows(all: usize) -> impl IntoView {
    (all > MAX_ROWS).then(|| view! { <p class="panel-foot">{(t().and_more)((all - MAX_ROWS) as u64)}</p> })
}

/// A state in a word, with its icon.
pub(crate) fn mark_view(mark: RowState, direction: Direction) -> AnyView {
    let m = t();
    let moving = if direction == Direction::Sending {
        "upload"
    } else {
        "download"
    };
    let (class, icon, word) = match mark {
        RowState::Next => ("state", "clock", m.mark_next.to_owned()),
        RowState::Busy(percent) => ("state state-busy", moving, (m.percent)(percent)),
        RowState::Retrying(_) => ("state state-busy", "retry", m.mark_retrying.to_owned()),
        RowState::Waiting(_) => ("state", "offline", m.mark_waiting.to_owned()),
        RowState::Paused(_) => ("state", "pause", m.paused.to_owned()),
        RowState::Arrived if direction == Direction::Sending => ("state state-ok", "check", m.mark_sent.to_owned()),
        RowState::Arrived => ("state state-busy", "clock", m.mark_checking.to_owned()),
        RowState::Complete => ("state state-ok", "check", m.mark_complete.to_owned()),
        RowState::Unaltered => ("state state-ok", "check", m.mark_unaltered.to_owned()),
        RowState::Stopped => ("state state-bad", "x", m.mark_stopped.to_owned()),
        RowState::NotStarted => ("state", "clock", m.mark_not_started.to_owned()),
    };
    view! { <span class=class><Icon name=icon small=true/>{word}</span> }.into_any()
}

/// What is drawn for a kind.
pub(crate) fn file_icon(kind: Kind) -> &'static str {
    match kind {
        Kind::Folder => "folder",
        Kind::Image => "image",
        Kind::Video => "video",
        Kind::Audio => "audio",
        Kind::Document => "doc",
        Kind::Table => "table",
        Kind::Archive => "archive",
        Kind::Other => "file",
    }
}

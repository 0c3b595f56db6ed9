//! What was sent with a link: its files and its note.

use leptos::prelude::*;

use crate::{
    components::{
        file_list::{FileName, file_icon},
        icon::Icon,
        values::Size,
    },
    messages::t,
    model::{items::Kind, names},
    transfers::sent_links::SentLink,
};

/// Files that are named; the rest is counted.
const NAMED: usize = 8;

/// The files of a sent link, as far as they are kept, and its note.
#[component]
pub(crate) fn SentContents(link: SentLink) -> impl IntoView {
    let m = t();
    let own = link.card.with_untracked(|card| card.own.clone());
    let more = own.facts.files.saturating_sub(own.facts.listed.len().min(NAMED) as u64);
    let note = Memo::new(move |_| link.card.with(|card| names::visible_lines(&card.own.facts.note)));
    view! {
        <section class="panel" aria-labelledby="contents-heading" data-testid="sent-contents">
            <div class="panel-head">
                <h2 id="contents-heading">{m.what_was_sent}</h2>
                <span class="sum">{(m.count)(own.facts.files)} ", " <Size bytes=own.facts.plain_bytes/></span>
            </div>
            <ul class="files" role="list">
                {own.facts.listed.into_iter().take(NAMED).map(|file| view! {
                    <li class="file">
                        <Icon name=file_icon(Kind::of(&file.path))/>
                        <div class="file-main"><FileName name=file.path/></div>
                        <Size bytes=file.len class="size"/>
                    </li>
                }).collect_view()}
            </ul>
            {(more > 0).then(|| view! { <p class="panel-foot">{(m.and_more)(more)}</p> })}
            {move || (!note.get().is_empty()).then(|| view! {
                <div class="panel-foot sent-note" data-testid="sent-note"><span class="k">{m.note}</span><p>{note.get()}</p></div>
            })}
        </section>
    }
    .into_any()
}

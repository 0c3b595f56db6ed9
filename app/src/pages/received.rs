//! The verdict: said only after the last check.

use leptos::{either::Either, prelude::*};

use crate::{
    components::{
        file_list::{FileRow, MAX_ROWS, MoreRows, mark_view},
        icon::{Icon, Rosette, Seal},
    },
    engine,
    messages::t,
    model::{
        items::Item,
        names, numbers,
        run::{Direction, RowState},
        times,
    },
    pages::file_actions::{DownloadOne, PreviewOne},
    split::split_view,
    transfers::receiving::Receiving,
};

split_view!(receiving: RECEIVED_SCREEN, load_received_screen, received_screen = view! { <ReceivedPage receiving=expect_context()/> });

/// Complete and unaltered; or which of the files were downloaded and checked.
#[component]
pub(crate) fn ReceivedPage(receiving: Receiving) -> impl IntoView {
    let m = t();
    let received = receiving.received.get_untracked();
    let all = receiving.items.with_untracked(Vec::len) as u64;
    let all_unaltered = receiving.run.with_untracked(|run| run.checked().all_unaltered);
    let size = numbers::bytes(received.plain_bytes);
    let (lead, what_was_checked) = if all_unaltered {
        let size = numbers::bytes(receiving.summary.with_untracked(|summary| summary.plain_bytes));
        ((m.verified_all)(all, &size), m.what_was_checked_text)
    } else {
        ((m.checked_line)(received.files as u64, &size), m.what_was_checked_some)
    };
    let place = match &received.archive {
        Some(archive) => (m.put_as_zip)(&names::visible(archive)),
        None if receiving.placed.get_untracked() && received.files == 1 => m.put_in_place.to_owned(),
        None if receiving.placed.get_untracked() => m.put_in_folder.to_owned(),
        None => m.put_as_file.to_owned(),
    };
    let build = engine::build();
    view! {
        <main id="main" data-screen="received">
            <div class="wrap">
                <div class="stack stack-6">
                    <section class="verdict" aria-labelledby="verdict-heading">
                        <div class="verdict-stub"><Rosette/><Seal form="verified"/></div>
                        <div class="verdict-body">
                            <h1 id="verdict-heading">{untrack(|| receiving.verdict())}</h1>
                            <p class="lead">{lead} " " <span data-testid="saved-as">{place}</span></p>
                            <div class="row">
                                <button class="btn" type="button" data-testid="receive-download" on:click=move |_| receiving.download(None)>
                                    <Icon name="download"/>
                                    {if (received.files as u64) < all { m.download_all } else { m.download_again }}
                                </button>
                            </div>
                        </div>
                    </section>
                    <div class="cols">
                        <section class="panel" aria-labelledby="files-heading">
                            <div class="panel-head">
                                <h2 id="files-heading">{(m.count)(all)}</h2>
                                <span class="sum">{(m.took)(&size, &times::took(received.took.as_secs_f64()))}</span>
                            </div>
                            <Rows receiving/>
                        </section>
                        <aside class="stack stack-6" aria-label=m.what_was_checked>
                            <section class="stack stack-2">
                                <h2>{m.what_was_checked}</h2>
                                <p class="md muted" data-testid="what-was-checked">{what_was_checked}</p>
                                <details class="fold">
                                    <summary data-testid="technically"><Icon name="right" small=true class="chev"/>{m.technically}</summary>
                                    <dl class="kv">
                                        <dt>{m.pieces_opened}</dt><dd>{numbers::grouped(received.records)}</dd>
                                        {all_unaltered.then(|| view! { <dt>{m.final_seal}</dt><dd>{m.final_seal_matches}</dd> })}
                                        <dt>{m.cipher}</dt><dd>{(m.cipher_value)(engine::support().cipher)}</dd>
                                        {(!build.is_empty()).then(|| view! { <dt>{m.build}</dt><dd class="mono">{build}</dd> })}
                                    </dl>
                                </details>
                            </section>
                            <section class="stack stack-2">
                                <h2>{m.send_back}</h2>
                                <p class="md muted">{m.send_back_text}</p>
                                <div><a class="btn" href="/" data-testid="send-back"><Icon name="upload"/>{m.choose_files}</a></div>
                            </section>
                        </aside>
                    </div>
                </div>
            </div>
        </main>
    }
    .into_any()
}

/// The list below an error: what may be used, what not.
#[component]
pub(crate) fn JudgedFiles(receiving: Receiving) -> impl IntoView {
    let safe = receiving
        .run
        .with_untracked(|run| run.marks.iter().filter(|mark| **mark == RowState::Unaltered).count())
        as u64;
    let all = receiving.items.with_untracked(Vec::len) as u64;
    // Nothing was fetched, so there is nothing to judge.
    let none_tried = receiving.run.with_untracked(|run| {
        run.marks
            .iter()
            .all(|mark| matches!(mark, RowState::Next | RowState::NotStarted))
    });
    view! {
        <section class="panel" aria-labelledby="files-heading">
            <div class="panel-head"><h2 id="files-heading">{if none_tried { (t().count)(all) } else { (t().safe_to_use)(safe, all) }}</h2></div>
            <Rows receiving/>
        </section>
    }
    .into_any()
}

#[component]
fn Rows(receiving: Receiving) -> impl IntoView {
    let rows = receiving.items.get_untracked();
    let marks = receiving.run.with_untracked(|run| run.marks.clone());
    let all = rows.len();
    view! {
        <ul class="files" role="list" data-testid="receive-files">
            {rows
                .into_iter()
                .take(MAX_ROWS)
                .enumerate()
                .map(|(at, item)| view! { <Judged receiving at item mark=marks.get(at).copied().unwrap_or(RowState::NotStarted)/> })
                .collect_view()}
        </ul>
        <MoreRows all/>
    }
    .into_any()
}

#[component]
fn Judged(receiving: Receiving, at: usize, item: Item, mark: RowState) -> impl IntoView {
    let m = t();
    let below = match mark {
        RowState::Stopped => Some(m.stopped_meta),
        _ if item.len == 0 => Some(m.empty_file),
        _ => None,
    };
    let below = below.map(|text| view! { <span class="meta">{text}</span> }).into_any();
    let name = names::visible(&item.name);
    // What did not open before will not open now, and a link that has ended gives nothing any more.
    let over = receiving.is_over();
    let look = !over && mark != RowState::Stopped && engine::can_preview(&item.name, item.len);
    let end = if matches!(mark, RowState::Unaltered | RowState::Complete | RowState::Stopped) {
        Either::Left(mark_view(mark, Direction::Receiving))
    } else {
        Either::Right((!over).then(|| view! { <DownloadOne receiving at name=name.clone()/> }))
    };
    view! {
        <FileRow item below>
            <div class="acts">
                {look.then(|| view! { <PreviewOne receiving at name/> })}
                {end}
            </div>
        </FileRow>
    }
}

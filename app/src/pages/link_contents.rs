//! Before the click: the slip that the sender saw, with what is in it and nothing fetched.

use leptos::prelude::*;

use crate::{
    components::{
        icon::{Icon, Seal},
        note_text::NoteText,
        unfinished::UNFINISHED_DOWNLOAD,
        values::{Deadline, Size},
    },
    engine,
    messages::t,
    model::{items, names, numbers},
    pages::{copy_received::CopyReceivedLink, link_files::LinkFiles},
    split::Lazy,
    transfers::receiving::Receiving,
};

/// The screen that lists what a link holds.
#[component]
pub(crate) fn LinkContents(receiving: Receiving) -> impl IntoView {
    let m = t();
    let summary = receiving.summary.get_untracked();
    let has_unfinished = Memo::new(move |_| receiving.forgotten.get() || receiving.unfinished.with(Option::is_some));
    // Where an earlier download can go on, that is the one thing to do.
    let class = move || {
        if receiving.can_go_on() {
            "btn btn-big btn-wide"
        } else {
            "btn btn-primary btn-big btn-wide"
        }
    };
    view! {
        <main id="main" data-screen="receive-list">
            <div class="wrap">
                <div class="stack stack-8">
                    {move || has_unfinished.get().then(|| view! { <Lazy part=UNFINISHED_DOWNLOAD inline=true/> })}
                    <section class="slip" aria-labelledby="contents-heading">
                        <div class="slip-main link-contents">
                            <div class="slip-title">
                                <Seal form="sealed"/>
                                <div><Heading receiving/></div>
                            </div>
                            {summary.note.map(|note| view! { <NoteText note label=m.note_label testid="receive-note"/> })}
                        </div>
                        <div class="slip-stub slip-act">
                            <button class=class type="button" data-testid="receive-download" on:click=move |_| receiving.download_picked()>
                                <Icon name="download"/>
                                <span>{move || download_label(receiving)}</span>
                            </button>
                            <SaveTo receiving/>
                            <dl class="kv">
                                <dt>{m.size}</dt><dd><Size bytes=summary.plain_bytes/></dd>
                                <dt>{m.ends}</dt><dd><Deadline at_ms=summary.expires_at_ms/></dd>
                                <dt>{m.downloads}</dt><dd>{(m.downloads_left)(summary.downloads_left, summary.max_downloads)}</dd>
                            </dl>
                            <CopyReceivedLink receiving/>
                        </div>
                    </section>
                    {receiving.cancelled.get_untracked().then(|| view! {
                        <div class="note" data-testid="cancelled"><Icon name="info"/><div><span>{m.download_cancelled}</span></div></div>
                    })}
                    <div class="cols">
                        <section class="panel" aria-label=m.files>
                            <LinkFiles receiving/>
                        </section>
                        <section class="stack" aria-labelledby="before-heading">
                            <h2 id="before-heading">{m.before_click}</h2>
                            <ul class="plainlist" role="list">
                                {move || receiving.unfinished.with(Option::is_none).then(|| view! {
                                    <li><Icon name="download"/><div><strong>{m.nothing_yet}</strong><span>{m.nothing_yet_text}</span></div></li>
                                })}
                                <li><Icon name="eye"/><div><strong>{m.look_first}</strong><span>{m.look_first_text}</span></div></li>
                                <li><Icon name="lock"/><div><strong>{m.no_account}</strong><span>{m.no_account_text}</span></div></li>
                                <li><Icon name="alert"/><div><strong>{m.cannot_scan}</strong><span>{m.cannot_scan_text}</span></div></li>
                            </ul>
                        </section>
                    </div>
                </div>
            </div>
        </main>
    }
    .into_any()
}

/// What is in the link: the file itself, where there is only one.
#[component]
fn Heading(receiving: Receiving) -> impl IntoView {
    let m = t();
    let rows = receiving.items.get_untracked();
    let [only] = rows.as_slice() else {
        let count = (m.files_for_you)(rows.len() as u64);
        return match receiving.summary.with_untracked(|summary| summary.title.clone()) {
            Some(title) => view! {
                <h1 id="contents-heading"><bdi data-testid="receive-title">{title}</bdi></h1>
                <p class="from">{count} " · " {m.from_link}</p>
            }
            .into_any(),
            None => view! {
                <h1 id="contents-heading">{count}</h1>
                <p class="from">{m.from_link}</p>
            }
            .into_any(),
        };
    };
    let kind = (m.file_kind)(m.kinds[only.kind as usize], &names::kind(&only.name));
    view! {
        <h1 id="contents-heading"><bdi>{names::visible(&only.name)}</bdi></h1>
        <p data-testid="file-kind">{kind}</p>
        <p class="from">{m.from_link}</p>
    }
    .into_any()
}

/// What the one primary button will do, as things are ticked now.
fn download_label(receiving: Receiving) -> String {
    let m = t();
    let picked = receiving.picked.get();
    let (all, bytes) = receiving
        .items
        .with(|rows| (rows.len(), items::total_of(rows, &picked)));
    let size = numbers::bytes(bytes);
    match picked.len() {
        _ if all == 1 => m.download.to_owned(),
        1 => (m.download_one_of)(all as u64, &size),
        some if some > 0 && some < all => (m.download_some)(some as u64, all as u64, &size),
        _ => (m.download_all_as_zip)(&numbers::bytes(receiving.summary.with(|summary| summary.plain_bytes))),
    }
}

/// The way into a place of one's own, where the engine has it: a file's for one, a folder for several.
#[component]
fn SaveTo(receiving: Receiving) -> impl IntoView {
    let all = receiving.items.with_untracked(Vec::len);
    let several = Memo::new(move |_| match receiving.picked.with(|picked| picked.len()) {
        0 => all > 1,
        some => some > 1,
    });
    (move || {
        let m = t();
        let support = engine::support();
        let (can, label, line) = if several.get() {
            (support.picks_folder, m.save_to_folder, m.save_to_folder_line)
        } else {
            (support.picks_file, m.save_to, m.save_to_line)
        };
        can.then(|| {
            view! {
                <div class="save-to">
                    <button class="btn btn-wide" type="button" data-testid="save-to" aria-describedby="save-to-line" on:click=move |_| receiving.save_to()>
                        <Icon name="folder"/>
                        {label}
                    </button>
                    <p class="hint" id="save-to-line">{line}</p>
                </div>
            }
        })
    })
    .into_any()
}

//! Before the click: the slip that the sender saw, with what is in it and nothing fetched.

use leptos::prelude::*;

use crate::{
    components::{FileRow, Icon, MAX_ROWS, Moment, MoreRows, Seal, Size, Tick, UnfinishedDownloadHere},
    engine,
    messages::t,
    model::{
        items::{self, Item},
        names, numbers,
    },
    pages::copy_received::CopyReceivedLink,
    transfers::Receiving,
};

/// The letter.
#[component]
pub(crate) fn LetterPage(receiving: Receiving) -> impl IntoView {
    let m = t();
    let letter = receiving.letter.get_untracked();
    let rows = receiving.items.get_untracked();
    let count = rows.len() as u64;
    // Where an earlier download can go on, that is the one thing to do.
    let class = move || {
        if receiving.can_go_on() {
            "btn btn-big btn-wide"
        } else {
            "btn btn-primary btn-big btn-wide"
        }
    };
    view! {
        <main id="main" data-screen="receive-letter">
            <div class="wrap">
                <div class="stack stack-8">
                    <UnfinishedDownloadHere receiving/>
                    <section class="slip" aria-labelledby="letter-heading">
                        <div class="slip-main letter">
                            <div class="slip-title">
                                <Seal form="sealed"/>
                                <div>
                                    {match letter.title {
                                        Some(title) => view! {
                                            <h1 id="letter-heading"><bdi data-testid="receive-title">{title}</bdi></h1>
                                            <p class="from">{(m.files_for_you)(count)} " · " {m.from_link}</p>
                                        }.into_any(),
                                        None => view! {
                                            <h1 id="letter-heading">{(m.files_for_you)(count)}</h1>
                                            <p class="from">{m.from_link}</p>
                                        }.into_any(),
                                    }}
                                </div>
                            </div>
                            {letter.note.map(|note| view! { <blockquote aria-label=m.note_label dir="auto" data-testid="receive-note">{note}</blockquote> })}
                        </div>
                        <div class="slip-stub slip-act">
                            <button class=class type="button" data-testid="receive-download" on:click=move |_| receiving.download_picked()>
                                <Icon name="download"/>
                                <span>{move || download_label(receiving)}</span>
                            </button>
                            <SaveTo receiving/>
                            <dl class="kv">
                                <dt>{m.size}</dt><dd><Size bytes=letter.plain_bytes/></dd>
                                <dt>{m.ends}</dt><dd><Moment at_ms=letter.expires_at_ms/></dd>
                                <dt>{m.downloads}</dt><dd>{(m.downloads_left)(letter.downloads_left, letter.max_downloads)}</dd>
                            </dl>
                            <CopyReceivedLink receiving/>
                        </div>
                    </section>
                    {receiving.cancelled.get_untracked().then(|| view! {
                        <div class="note" data-testid="cancelled"><Icon name="info"/><div><span>{m.download_cancelled}</span></div></div>
                    })}
                    <div class="cols">
                        <section class="panel" aria-label=m.files>
                            {(count > 1).then(|| view! { <PickHead receiving/> })}
                            <ul class="files" role="list" data-testid="receive-files">
                                {rows.iter().take(MAX_ROWS).enumerate().map(|(at, item)| view! { <LetterFile receiving at item=item.clone()/> }).collect_view()}
                            </ul>
                            <MoreRows all=rows.len()/>
                            {(count > 1).then(|| view! { <p class="panel-foot">{m.several_are_one_zip}</p> })}
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
        _ => (m.download_all_as_zip)(&numbers::bytes(receiving.letter.with(|letter| letter.plain_bytes))),
    }
}

/// Above the list: ticks all or none, and counts.
#[component]
fn PickHead(receiving: Receiving) -> impl IntoView {
    let m = t();
    let all = receiving.items.with_untracked(Vec::len);
    let count = Memo::new(move |_| receiving.picked.with(|picked| picked.len()));
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

#[component]
fn LetterFile(receiving: Receiving, at: usize, item: Item) -> impl IntoView {
    let is_one_of_many = receiving.items.with_untracked(Vec::len) > 1;
    let below = (item.len == 0)
        .then(|| view! { <span class="meta">{t().empty_file}</span> })
        .into_any();
    let name = names::visible(&item.name);
    let look = engine::can_preview(&item.name, item.len);
    let shown = name.clone();
    let acts = view! {
        <div class="acts">
            {look.then(|| view! { <PreviewOne receiving at name=shown.clone()/> })}
            <DownloadOne receiving at name=shown.clone()/>
        </div>
    };
    if !is_one_of_many {
        return view! { <FileRow item below>{acts}</FileRow> }.into_any();
    }
    let ticked = Memo::new(move |_| receiving.picked.with(|picked| picked.contains(&at)));
    let change = move |wanted: bool| receiving.pick(at, wanted);
    let lead = view! { <Tick kind=item.kind name=name.clone() ticked change/> }.into_any();
    let class = Signal::derive(move || if ticked.get() { "is-picked" } else { "" });
    view! {
        <FileRow item class lead below>
            {acts}
        </FileRow>
    }
    .into_any()
}

/// Looks at the file of a row.
#[component]
pub(crate) fn PreviewOne(receiving: Receiving, at: usize, name: String) -> impl IntoView {
    let label = t().preview;
    view! { <RowButton testid="preview-one" icon="eye" label name act=move || receiving.preview(at)/> }
}

/// The button at the end of a row.
#[component]
pub(crate) fn DownloadOne(receiving: Receiving, at: usize, name: String) -> impl IntoView {
    let label = t().download;
    view! { <RowButton testid="download-one" icon="download" label name act=move || receiving.download_one(at)/> }
}

/// What can be done with the file of a row; who hears the page hears the name as well.
#[component]
fn RowButton(
    testid: &'static str,
    icon: &'static str,
    label: &'static str,
    name: String,
    act: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button class="btn btn-quiet plain btn-auto" type="button" data-testid=testid on:click=move |_| act()>
            <Icon name=icon/>
            <span class="lbl">{label}</span>
            " "
            <span class="visually-hidden">{name}</span>
        </button>
    }
    .into_any()
}

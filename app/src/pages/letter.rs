//! Before the click: the slip that the sender saw, with what is in it and nothing fetched.

use leptos::prelude::*;

use crate::{
    components::{FileRow, Icon, MAX_ROWS, Moment, MoreRows, Seal, Size},
    messages::t,
    model::{items::Item, names},
    transfers::Receiving,
};

/// The letter.
#[component]
pub(crate) fn LetterPage(receiving: Receiving) -> impl IntoView {
    let m = t();
    let letter = receiving.letter.get_untracked();
    let rows = receiving.items.get_untracked();
    let count = rows.len() as u64;
    view! {
        <main id="main">
            <div class="wrap">
                <div class="stack stack-8">
                    <section class="slip" aria-labelledby="letter-heading">
                        <div class="slip-main letter">
                            <div class="slip-title">
                                <Seal form="sealed"/>
                                <div>
                                    <h1 id="letter-heading">{(m.items_for_you)(count)}</h1>
                                    <p class="from">{m.from_link}</p>
                                </div>
                            </div>
                            {letter.note.map(|note| view! { <blockquote aria-label=m.note_label dir="auto" data-testid="receive-note">{note}</blockquote> })}
                        </div>
                        <div class="slip-stub slip-act">
                            <button class="btn btn-primary btn-big btn-wide" type="button" data-testid="receive-download" on:click=move |_| receiving.download(None)>
                                <Icon name="download"/>
                                {if count == 1 { m.download } else { m.download_all }}
                            </button>
                            <dl class="kv">
                                <dt>{m.size}</dt><dd><Size bytes=letter.plain_bytes/></dd>
                                <dt>{m.ends}</dt><dd><Moment at_ms=letter.expires_at_ms/></dd>
                                <dt>{m.downloads}</dt><dd>{(m.downloads_left)(letter.downloads_left, letter.max_downloads)}</dd>
                            </dl>
                        </div>
                    </section>
                    {receiving.cancelled.get_untracked().then(|| view! {
                        <div class="note" data-testid="cancelled"><Icon name="info"/><div><span>{m.download_cancelled}</span></div></div>
                    })}
                    <div class="cols">
                        <section class="panel" aria-label=m.files>
                            <ul class="files" role="list" data-testid="receive-files">
                                {rows.iter().take(MAX_ROWS).enumerate().map(|(at, item)| view! { <LetterFile receiving at item=item.clone()/> }).collect_view()}
                            </ul>
                            <MoreRows all=rows.len()/>
                            {(count > 1).then(|| view! { <p class="panel-foot">{m.one_after_another}</p> })}
                        </section>
                        <section class="stack" aria-labelledby="before-heading">
                            <h2 id="before-heading">{m.before_click}</h2>
                            <ul class="plainlist" role="list">
                                <li><Icon name="download"/><div><strong>{m.nothing_yet}</strong><span>{m.nothing_yet_text}</span></div></li>
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

#[component]
fn LetterFile(receiving: Receiving, at: usize, item: Item) -> impl IntoView {
    let below = (item.len == 0)
        .then(|| view! { <span class="meta">{t().empty_file}</span> })
        .into_any();
    let name = names::visible(&item.name);
    view! {
        <FileRow item below>
            <DownloadOne receiving at name/>
        </FileRow>
    }
    .into_any()
}

/// The button at the end of a row.
#[component]
pub(crate) fn DownloadOne(receiving: Receiving, at: usize, name: String) -> impl IntoView {
    view! {
        <div class="acts">
            <button class="btn btn-quiet plain btn-auto" type="button" data-testid="download-one" on:click=move |_| receiving.download(Some(at))>
                <Icon name="download"/>
                <span class="lbl">{t().download}</span>
                " "
                <span class="visually-hidden">{name}</span>
            </button>
        </div>
    }
    .into_any()
}

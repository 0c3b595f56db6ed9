//! Choosing: an empty page that is one drop zone, then the list of what was chosen.

use leptos::prelude::*;

use crate::{
    components::{
        file_button::{FileButton, Pick},
        icon::{Icon, Rosette, Seal},
        link_options::LinkOptions,
        pasted_text::PastedText,
        unfinished::{GoingOn, UnfinishedUploads},
        values::Size,
    },
    dom, engine,
    messages::t,
    model::{items, numbers, user_error},
    pages::{
        chosen_files::{ADD_MORE, ChosenFiles},
        sent_links::NEWEST_SENT_LINKS,
        unreadable_files::UnreadableFiles,
    },
    split::Lazy,
    transfers::sending::Sending,
};

const FILES: &str = "choose-files";

/// Both states.
#[component]
pub(crate) fn Choose(sending: Sending) -> impl IntoView {
    let chosen = Memo::new(move |_| sending.items.with(|items| !items.is_empty()));
    view! {
        <PastedText sending/>
        {move || if chosen.get() { view! { <Chosen sending/> }.into_any() } else { view! { <Empty sending/> }.into_any() }}
    }
    .into_any()
}

#[component]
fn Empty(sending: Sending) -> impl IntoView {
    let m = t();
    let over = sending.over;
    let has_sent = Memo::new(move |_| sending.links.all.with(|all| !all.is_empty()));
    view! {
        <main id="main" class="drop-page" data-screen="send-empty">
            <div class="wrap">
                <div class=move || if over.get() { "drop is-over" } else { "drop" }>
                    <Rosette/>
                    <span class="drop-seal">{move || if over.get() { view! { <Seal form="sealed"/> } } else { view! { <Seal form="open"/> } }}</span>
                    <div class="stack drop-in">
                        <div class="stack">
                            <h1>
                                {move || if over.get() {
                                    view! { <span>{m.let_go}</span> }.into_any()
                                } else {
                                    view! {
                                        <span class="with-script"><span class="only-mouse">{m.drop_here}</span><span class="only-touch">{m.choose_to_send}</span></span>
                                        <span class="without-script">{m.send_encrypted}</span>
                                    }.into_any()
                                }}
                            </h1>
                            <p class="lead">{move || if over.get() { m.let_go_lead } else { m.send_lead }}</p>
                        </div>
                        <div class="note no-script">
                            <Icon name="info"/>
                            <div><strong>{m.needs_script_send_title}</strong><span>{m.needs_script_send}</span></div>
                        </div>
                        {move || sending.nothing.get().then(|| view! {
                            <div class="note" role="alert" data-testid="error" data-problem="nothing-chosen">
                                <Icon name="alert"/>
                                <div><strong>{m.nothing_in_it}</strong></div>
                            </div>
                        })}
                        <UnreadableFiles sending/>
                        <GoingOn sending/>
                        <div class="row with-script">
                            <FileButton sending pick=Pick::Files id=FILES class="btn btn-primary btn-big" label=m.choose_files/>
                            <div class="btn-pair">
                                <FileButton sending pick=Pick::Folder id="choose-folder" class="btn btn-big" icon="folder" label=m.choose_folder/>
                                <FileButton sending pick=Pick::Photo id="take-photo" class="btn btn-big only-touch" icon="camera" label=m.take_photo/>
                            </div>
                            <p class="muted md while-loading" role="status">{m.getting_ready}</p>
                            <span class="muted md only-mouse">{m.or_paste} " " <kbd>"Ctrl"</kbd> " " <kbd>"V"</kbd></span>
                        </div>
                    </div>
                </div>
                <div class="stack">
                    <UnfinishedUploads sending choose=move |()| dom::press(FILES)/>
                    <div class="with-script"><LinkOptions sending open=false/></div>
                    {move || has_sent.get().then(|| view! { <Lazy part=NEWEST_SENT_LINKS inline=true/> })}
                    <div class="facts">
                        <div><Icon name="key" small=true/><span>{m.fact_key}</span></div>
                        <div><Icon name="server" small=true/><span>{m.fact_server}</span></div>
                        <div>
                            <Icon name="info" small=true/>
                            <span>
                                {move || sending.allowed.with(|allowed| allowed.known.then(|| format!("{} ", (m.fact_limit)(&numbers::limit(allowed.max_link_bytes)))))}
                                <a href="/security" data-testid="what-we-see">{m.what_we_see}</a>
                            </span>
                        </div>
                    </div>
                </div>
            </div>
        </main>
    }
    .into_any()
}

#[component]
fn Chosen(sending: Sending) -> impl IntoView {
    let m = t();
    let total = Memo::new(move |_| sending.items.with(|items| items::total(items)));
    let refusal = Memo::new(move |_| sending.allowed.get().refuses(sending.weight.get()));
    let blocked = move || refusal.get().is_some() || sending.lacks_password() || !sending.note_fits();
    view! {
        <main id="main" data-screen="send-files">
            <form class="wrap" on:submit=move |event| {
                event.prevent_default();
                sending.start();
            }>
                <div class="cols">
                    <div class="stack">
                        {move || sending.cancelled.get().then(|| view! {
                            <div class="note" data-testid="upload-cancelled"><Icon name="info"/><div><span>{m.upload_cancelled}</span></div></div>
                        })}
                        <UnreadableFiles sending/>
                        <section class=move || if sending.over.get() { "panel is-over" } else { "panel" } aria-labelledby="list-heading">
                            <div class="panel-head">
                                <div class="head-t">
                                    <h1 id="list-heading">{move || (m.ready)(sending.items.with(|rows| items::count(rows)))}</h1>
                                    <span class="sum">{move || view! { <Size bytes=total.get()/> }}</span>
                                </div>
                                <span class="push row">
                                    <FileButton sending pick=Pick::Files id=ADD_MORE class="btn btn-quiet" icon="plus" label=m.add_more/>
                                    <FileButton sending pick=Pick::Folder id="add-folder" class="btn btn-quiet hide-phone" icon="folder" label=m.add_folder/>
                                </span>
                            </div>
                            <ChosenFiles sending/>
                            {move || Some(sending.empty_folders.get()).filter(|n| *n > 0).map(|n| view! {
                                <p class="panel-foot" role="status" data-testid="empty-folders">{(m.empty_folders)(n)}</p>
                            })}
                            <p class="panel-foot only-mouse">{m.drop_more}</p>
                        </section>
                    </div>
                    <aside class="stack stick" aria-label=m.link_options>
                        <GoingOn sending/>
                        <LinkOptions sending open=true/>
                        <div class="dock stack stack-2">
                            {move || refusal.get().map(|why| view! {
                                <div class="note note-danger" role="alert" data-testid="error" data-problem="too-large">
                                    <Icon name="alert"/>
                                    <div><strong>{m.too_large_title}</strong><span>{user_error::refusal(why)}</span>{engine::sells().map(|_| view! { <a href="/plans" rel="external" data-testid="too-large-plans">{m.see_plans}</a> })}</div>
                                </div>
                            })}
                            <button class="btn btn-primary btn-big btn-wide" type="submit" data-testid="create-link" disabled=blocked>
                                <Icon name="lock"/>
                                {m.seal_and_send}
                            </button>
                            <p class="hint">
                                {move || sending.allowed.with(|allowed| match (allowed.known, refusal.get()) {
                                    (_, Some(_)) => String::new(),
                                    _ if sending.lacks_password() => m.password_missing.to_owned(),
                                    _ if !sending.note_fits() => m.note_too_long.to_owned(),
                                    (true, None) => (m.fits)(&numbers::limit(allowed.max_link_bytes)),
                                    (false, None) => m.limits_unknown.to_owned(),
                                })}
                            </p>
                        </div>
                    </aside>
                </div>
            </form>
        </main>
    }
    .into_any()
}

//! What earlier visits left unfinished, and the note that one of them goes on.

use leptos::prelude::*;

use crate::{
    components::{bold::Bold, icon::Icon, values::Moment},
    engine::{UnfinishedDownload, UnfinishedState, UnfinishedUpload},
    messages::t,
    model::{names, numbers},
    split::split_view,
    transfers::{receiving::Receiving, sending::Sending},
};

/// The list on the empty page; nothing where there is nothing. `choose` asks for the files.
#[component]
pub(crate) fn UnfinishedUploads(sending: Sending, #[prop(into)] choose: Callback<()>) -> impl IntoView {
    let m = t();
    move || {
        let uploads = sending.unfinished.get();
        (!uploads.is_empty() && sending.going_on.with(Option::is_none)).then(|| {
            view! {
                <section class="panel" aria-labelledby="unfinished-heading" data-testid="unfinished">
                    <div class="panel-head"><h2 id="unfinished-heading">{m.unfinished_title}</h2></div>
                    <ul class="ctl ctl-roomy" role="list">{uploads.into_iter().map(|upload| row(sending, upload, choose)).collect_view()}</ul>
                    <p class="panel-foot">{m.unfinished_text}</p>
                </section>
            }
        })
    }
}

fn row(sending: Sending, upload: UnfinishedUpload, choose: Callback<()>) -> AnyView {
    let m = t();
    let sure = RwSignal::new(false);
    let (id, begun, stored) = (upload.id.clone(), upload.begun_ms, upload.stored);
    let name = names::visible(&upload.summary.name);
    let sent = (m.unfinished_sent)(
        &numbers::bytes(upload.sent_bytes),
        &numbers::bytes(upload.summary.plain_bytes),
        upload.summary.files as u64,
    );
    view! {
        <li>
            <div>
                <span class="v">{name}</span>
                <span class="k">{sent} " · " <Moment at_ms=begun/></span>
            </div>
            {if upload.in_use { view! { <span class="muted" data-testid="in-use">{m.unfinished_in_use}</span> }.into_any() } else { view! { <div class="row">
                <button class="btn" type="button" data-testid="go-on" on:click=move |_| {
                    sending.go_on(upload.clone());
                    if !stored {
                        choose.run(());
                    }
                }>{if stored { m.go_on } else { m.go_on_with }}</button>
                <button
                    class=move || if sure.get() { "btn btn-danger" } else { "btn btn-quiet" }
                    type="button"
                    data-testid="discard"
                    on:click=move |_| if sure.get_untracked() { sending.discard(id.clone()) } else { sure.set(true) }
                >
                    {move || if sure.get() { m.discard_sure } else { m.discard }}
                </button>
            </div> }.into_any() }}
        </li>
    }
    .into_any()
}

/// Says that the next sending goes on with one, what it needs, and how to do something else instead.
#[component]
pub(crate) fn GoingOn(sending: Sending) -> impl IntoView {
    let m = t();
    move || {
        sending.going_on.get().map(|upload| {
            let (sent, all) = (numbers::bytes(upload.sent_bytes), numbers::bytes(upload.summary.plain_bytes));
            let (title, text) = if sending.start_over.get() {
                (m.start_over_title, m.start_over_text.to_owned())
            } else if sending.choose_again.get() {
                (m.choose_again_title, m.choose_again.to_owned())
            } else if upload.stored {
                (m.going_on_title, (m.going_on_stored)(&sent, &all))
            } else {
                (m.going_on_title, (m.going_on_text)(&sent, &all, upload.summary.files as u64))
            };
            view! {
                <div class="note" data-testid="going-on">
                    <Icon name="retry"/>
                    <div>
                        <strong>{title}</strong>
                        <span>{text}</span>
                        {move || sending.lacks_password().then(|| view! { <span data-testid="password-again">{m.password_again}</span> })}
                        <button class="btn btn-quiet note-act" type="button" data-testid="not-now" on:click=move |_| sending.go_on_later()>{m.not_now}</button>
                    </div>
                </div>
            }
        })
    }
}

split_view!(receiving: UNFINISHED_DOWNLOAD, load_unfinished_download, unfinished_download = view! { <UnfinishedDownloadHere receiving=expect_context()/> });

/// What an earlier visit left of a download of this link; nothing where there is nothing.
#[component]
fn UnfinishedDownloadHere(receiving: Receiving) -> impl IntoView {
    move || {
        let m = t();
        if receiving.forgotten.get() {
            return Some(note("forgotten", m.forgotten));
        }
        receiving.unfinished.get().map(|found| match found.state {
            UnfinishedState::Lost => note("lost", m.unfinished_download_lost),
            UnfinishedState::Ready | UnfinishedState::InUse => offer(receiving, &found),
        })
    }
}

fn note(testid: &'static str, text: &'static str) -> AnyView {
    view! { <div class="note" data-testid=testid><Icon name="info"/><div><span>{text}</span></div></div> }.into_any()
}

fn offer(receiving: Receiving, found: &UnfinishedDownload) -> AnyView {
    let m = t();
    let sure = RwSignal::new(false);
    let (here, all) = (found.received_bytes, found.total_bytes);
    let percent = numbers::percent(here, all);
    let here = (m.unfinished_download)(&numbers::bytes(here), &numbers::bytes(all), found.files as u64);
    let (begun, placed, in_use) = (found.begun_ms, found.placed, found.state == UnfinishedState::InUse);
    view! {
        <section class="panel panel-pad unfinished" aria-labelledby="unfinished-heading" data-testid="unfinished">
            <div class="unfinished-what">
                <h2 id="unfinished-heading">{m.unfinished_download_title}</h2>
                <p class="md"><Bold text=here/> " " <span class="muted"><Moment at_ms=begun/></span></p>
                <progress class="bar bar-thin" max="100" value=percent.to_string() aria-label=m.unfinished_download_title></progress>
                {if in_use {
                    view! { <p class="hint" data-testid="in-use">{m.unfinished_download_in_use}</p> }.into_any()
                } else if placed {
                    view! { <p class="hint">{m.unfinished_download_placed}</p> }.into_any()
                } else {
                    view! { <p class="hint">{m.unfinished_download_saved}</p> }.into_any()
                }}
            </div>
            {(!in_use).then(|| view! {
                <div class="row">
                    <button class="btn btn-primary" type="button" data-testid="go-on" on:click=move |_| receiving.go_on()><Icon name="retry"/>{m.go_on}</button>
                    <button
                        class=move || if sure.get() { "btn btn-danger" } else { "btn btn-quiet" }
                        type="button"
                        data-testid="start-over"
                        on:click=move |_| if sure.get_untracked() { receiving.start_over() } else { sure.set(true) }
                    >
                        {move || if sure.get() { m.start_over_sure } else { m.start_over }}
                    </button>
                </div>
            })}
        </section>
    }
    .into_any()
}

//! `/sent`: the links that were sent from this device.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::{icon::Icon, sent_rows::SentRows},
    messages::t,
    split::split_view,
    transfers::sending::Sending,
};

split_view!(owner: SENT_LINKS_PAGE, load_sent_links_page, sent_links_page = SentLinksPage());

/// The server is asked about so many of them, the newest, when the page opens; about the others when they are looked at.
const ASKED: usize = 20;

/// The page.
#[component]
pub(crate) fn SentLinksPage() -> impl IntoView {
    let sending = expect_context::<Sending>();
    Effect::new(move |_| {
        sending.ask_limits();
        spawn_local(sending.links.read(ASKED));
    });
    view! { <SentLinksScreen sending/> }
}

/// What it shows.
#[component]
pub(crate) fn SentLinksScreen(sending: Sending) -> impl IntoView {
    let m = t();
    let links = sending.links;
    let empty = Memo::new(move |_| links.all.with(Vec::is_empty));
    let known = Memo::new(move |_| links.known.get());
    view! {
        <main id="main" data-screen="sent-links">
            <div class="wrap">
                <div class="stack stack-6">
                    <div class="page-head"><h1>{m.sent_links_title}</h1><p>{m.sent_links_lead}</p></div>
                    <div class="note no-script"><Icon name="info"/><div><strong>{m.sent_links_script_title}</strong><span>{m.sent_links_script}</span></div></div>
                    {move || (!links.can_keep.get()).then(|| view! {
                        <div class="note" data-testid="cannot-keep"><Icon name="alert"/><div><strong>{m.cannot_keep_title}</strong><span>{m.cannot_keep_here}</span></div></div>
                    })}
                    {move || match (empty.get(), known.get()) {
                        (false, _) => view! { <div class="panel" data-testid="sent-links"><SentRows links allowed=sending.allowed/></div> }.into_any(),
                        (true, false) => view! { <p class="muted with-script" aria-live="polite">{m.reading_links}</p> }.into_any(),
                        (true, true) => view! {
                            <div class="panel panel-pad stack" data-testid="no-sent-links">
                                <p>{m.no_sent_links}</p>
                                <div><a class="btn btn-primary" href="/" data-testid="sent-send">{m.send_title}</a></div>
                            </div>
                        }.into_any(),
                    }}
                </div>
            </div>
        </main>
    }
    .into_any()
}

split_view!(owner: NEWEST_SENT_LINKS, load_newest, newest = view! { <NewestSentLinks sending=expect_context()/> });

/// The newest ones, on the page that sends.
#[component]
fn NewestSentLinks(sending: Sending) -> impl IntoView {
    let m = t();
    let links = sending.links;
    view! {
        <section class="panel" aria-labelledby="newest-heading" data-testid="newest-sent">
            <div class="panel-head">
                <div class="head-t"><h2 id="newest-heading">{m.sent_links_title}</h2></div>
                <a class="btn btn-quiet" href="/sent" data-testid="all-sent">{m.all_sent_links}</a>
            </div>
            <SentRows links allowed=sending.allowed most=crate::transfers::sending::NEWEST/>
        </section>
    }
}

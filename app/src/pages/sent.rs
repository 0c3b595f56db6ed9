//! Sent: the slip that leaves the house, what was sent, and what its owner can still do.

use leptos::prelude::*;

use super::link_end::{LinkEnd, SlipTitle};
use crate::{
    components::{
        icon::{Icon, Seal},
        link_card::LinkCard,
        owner_controls::OwnerControls,
        sent_contents::SentContents,
    },
    messages::t,
    model::numbers,
    split::split_view,
    transfers::{
        sending::Sending,
        sent_links::{Keeping, SentLink, SentLinkState},
    },
};

split_view!(sending: SENT_SCREEN, load_sent_screen, sent_screen = view! { <SentPage sending=expect_context()/> });

/// The link card.
#[component]
pub(crate) fn SentPage(sending: Sending) -> impl IntoView {
    view! {
        <main id="main" data-screen="sent">
            <div class="wrap">{move || sending.sent.get().map(|link| view! { <SentLinkView sending link/> })}</div>
        </main>
    }
    .into_any()
}

#[component]
fn SentLinkView(sending: Sending, link: SentLink) -> impl IntoView {
    let ended = Memo::new(move |_| link.card.with(SentLinkState::is_gone));
    Effect::new(move |_| {
        if let Ok(timer) = set_interval_with_handle(move || link.refresh(), std::time::Duration::from_secs(30)) {
            on_cleanup(move || timer.clear());
        }
        // Whoever comes back to the page wants to know now.
        let looked_at = window_event_listener(leptos::ev::focus, move |_| link.refresh());
        on_cleanup(move || looked_at.remove());
    });
    view! {
        <div class="stack stack-8">
            {move || if ended.get() { view! { <LinkEnd link/> }.into_any() } else { view! { <Slip link/> }.into_any() }}
            <super::sending::Renamed sending/>
            <div class="cols">
                <div class="stack stack-6">
                    {move || (!ended.get()).then(|| view! { <OwnerControls link allowed=sending.allowed/> })}
                    <SentContents link/>
                </div>
                <Advice sending link/>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Slip(link: SentLink) -> impl IntoView {
    let m = t();
    let card = link.card.get_untracked();
    let head = view! {
        <div class="slip-title">
            <Seal form="sealed"/>
            <SlipTitle link line=(m.sent_line)(card.own.facts.files, &numbers::bytes(card.own.facts.plain_bytes))/>
        </div>
    }
    .into_any();
    let foot = view! { <Kept link/> }.into_any();
    view! { <section aria-labelledby="sent-heading"><LinkCard link head foot/></section> }.into_any()
}

/// Who has the link, and where it is kept.
#[component]
fn Kept(link: SentLink) -> impl IntoView {
    let m = t();
    move || {
        let card = link.card.get();
        let only_key = if card.own.has_password {
            m.only_key_password
        } else {
            m.only_key_text
        };
        let (state, title, kept) = match card.keeping {
            Keeping::Kept => ("kept", m.kept_title, m.kept_text),
            Keeping::NotWanted => ("not-wanted", m.not_kept_title, m.not_kept_text),
            Keeping::Impossible => ("impossible", m.not_kept_title, m.cannot_keep_text),
        };
        let class = if card.keeping == Keeping::Kept {
            "note note-key"
        } else {
            "note note-danger"
        };
        view! {
            <div class=class data-testid="keeping" data-state=state>
                <Icon name="key"/>
                <div>
                    <strong>{title}</strong>
                    <span>{kept}</span>
                    <span>{only_key}</span>
                    {(card.keeping == Keeping::Kept).then(|| view! { <span><a href="/sent" data-testid="to-sent">{m.sent_links_title}</a></span> })}
                </div>
            </div>
        }
        .into_any()
    }
}

#[component]
fn Advice(sending: Sending, link: SentLink) -> impl IntoView {
    let m = t();
    let password = link.card.with_untracked(|card| card.own.has_password);
    let ended = Memo::new(move |_| link.card.with(SentLinkState::is_gone));
    view! {
        <div class="stack">
            {move || (!ended.get()).then(|| view! {
                <section class="stack" aria-labelledby="advice-heading">
                    <h2 id="advice-heading">{m.before_close}</h2>
                    <ul class="plainlist" role="list">
                        <li><Icon name="eye"/><div><strong>{m.try_it}</strong><span>{m.try_it_text}</span></div></li>
                        {(!password).then(|| view! { <li><Icon name="lock"/><div><strong>{m.something_private}</strong><span>{m.something_private_text}</span></div></li> })}
                    </ul>
                </section>
            })}
            <div>
                <button class="btn" type="button" data-testid="send-more" on:click=move |_| sending.again()><Icon name="plus"/>{m.send_more}</button>
            </div>
        </div>
    }
    .into_any()
}

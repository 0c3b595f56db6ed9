//! How a sent link came to its end, on the page of its sender: its last download is used, its time is over, or its owner closed it.

use leptos::prelude::*;

use crate::{
    components::icon::Seal,
    dom, engine,
    messages::t,
    model::times,
    transfers::{
        sending::Sending,
        sent_links::{Over, SentLink, SentLinkState},
    },
};

/// The head of the slip: of a link that opens, and of one that opens again when more downloads are allowed.
#[component]
pub(super) fn SlipTitle(link: SentLink, line: String) -> impl IntoView {
    let m = t();
    let until = Memo::new(move |_| match link.card.with(SentLinkState::over) {
        Some(Over::UsedUp { until_ms }) => Some(until_ms),
        _ => None,
    });
    view! {
        <div data-testid="sent-state" data-state=move || if until.get().is_some() { "used-up" } else { "active" }>
            <h1 id="sent-heading">{move || title_of(link)}</h1>
            <p>{move || until.get().map_or_else(|| line.clone(), |at| (m.used_up_line)(&times::exact(at, engine::offset_minutes(at))))}</p>
        </div>
    }
    .into_any()
}

/// What the Sent page is called, on it and in the tab.
pub(crate) fn sent_title(sending: Sending) -> &'static str {
    sending.sent.get().map_or(t().sent_title, title_of)
}

fn title_of(link: SentLink) -> &'static str {
    let m = t();
    match link.card.with(SentLinkState::over) {
        Some(Over::Revoked) => m.revoked_title,
        Some(Over::Removed) => m.removed_title,
        Some(Over::Expired) => m.link_expired_title,
        Some(Over::UsedUp { .. } | Over::UsedUpAndDeleted) => m.used_up_title,
        Some(Over::Gone) => m.link_gone_title,
        None => m.sent_title,
    }
}

/// Of a link that nothing opens any more.
#[component]
pub(super) fn LinkEnd(link: SentLink) -> impl IntoView {
    let m = t();
    let words = move || match link.card.with(SentLinkState::over) {
        Some(Over::Expired) => ("expired", m.link_expired_text),
        Some(Over::Removed) => ("removed", m.removed_text),
        Some(Over::UsedUpAndDeleted) => ("used-up-deleted", m.used_up_gone),
        Some(Over::Gone) => ("gone", m.link_gone_text),
        _ => ("revoked", m.revoked_text),
    };
    // The button that was pressed for it is gone.
    Effect::new(move |_| request_animation_frame(dom::focus_heading_if_lost));
    view! {
        <section class="verdict" aria-labelledby="closed-heading" data-testid=move || words().0>
            <div class="verdict-stub"><Seal form="ended"/></div>
            <div class="verdict-body">
                <h1 id="closed-heading">{move || title_of(link)}</h1>
                <p class="lead">{move || words().1}</p>
            </div>
        </section>
    }
    .into_any()
}

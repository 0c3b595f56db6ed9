//! What the Sent page says of a link that does not open: its last download is used, its time is over, or its owner closed it.

use leptos::prelude::*;

use crate::{
    components::Seal,
    engine,
    messages::t,
    model::times,
    transfers::{Card, Over, Sending},
};

fn over(sending: Sending) -> Option<Over> {
    sending.card.with(|card| card.as_ref().and_then(|card| card.over))
}

/// The head of the slip: of a link that opens, and of one that opens again when more downloads are allowed.
#[component]
pub(super) fn SlipTitle(sending: Sending, line: String) -> impl IntoView {
    let m = t();
    let until = Memo::new(move |_| match over(sending) {
        Some(Over::UsedUp { until_ms }) => Some(until_ms),
        _ => None,
    });
    view! {
        <div data-testid="sent-state" data-state=move || if until.get().is_some() { "used-up" } else { "active" }>
            <h1 id="sent-heading">{move || sent_title(sending)}</h1>
            <p>{move || until.get().map_or_else(|| line.clone(), |at| (m.used_up_line)(&times::exact(at, engine::offset_minutes(at))))}</p>
        </div>
    }
    .into_any()
}

/// What the Sent page is called, on it and in the tab.
pub(crate) fn sent_title(sending: Sending) -> &'static str {
    let m = t();
    let closed = sending.card.with(|card| card.as_ref().is_some_and(|card| card.ended));
    match over(sending) {
        _ if closed => m.revoked_title,
        Some(Over::Expired) => m.link_expired_title,
        Some(Over::UsedUp { .. } | Over::UsedUpAndDeleted) => m.used_up_title,
        None => m.sent_title,
    }
}

/// Of a link that nothing opens any more.
#[component]
pub(super) fn LinkEnd(sending: Sending) -> impl IntoView {
    let m = t();
    let closed = move || sending.card.with(|card| card.as_ref().is_some_and(|card| card.ended));
    let words = move || match over(sending) {
        Some(Over::Expired) if !closed() => ("expired", m.link_expired_text),
        Some(Over::UsedUpAndDeleted) if !closed() => ("used-up-deleted", m.used_up_gone),
        _ => ("revoked", m.revoked_text),
    };
    view! {
        <section class="verdict" aria-labelledby="closed-heading" data-testid=move || words().0>
            <div class="verdict-stub"><Seal form="ended"/></div>
            <div class="verdict-body">
                <h1 id="closed-heading">{move || sent_title(sending)}</h1>
                <p class="lead">{move || words().1}</p>
            </div>
        </section>
    }
    .into_any()
}

impl Card {
    /// Whether nothing opens the link any more, whatever its owner does.
    pub(super) fn is_gone(&self) -> bool {
        self.ended || matches!(self.over, Some(Over::Expired | Over::UsedUpAndDeleted))
    }
}

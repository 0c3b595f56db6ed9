//! Links that were sent from here, as rows; one of them shows its details.

use leptos::prelude::*;
use sealdrop_api::links::LinkState;

use crate::{
    components::{
        icon::Icon,
        link_card::{CopyLink, LinkCard},
        owner_controls::OwnerControls,
        rows::rows_in_turn,
        sent_contents::SentContents,
        values::Moment,
    },
    messages::t,
    model::{limits::Allowed, names, numbers},
    transfers::sent_links::{Answer, Keeping, SentLink, SentLinkState, SentLinks},
};

/// The newest `most` of them, or all.
#[component]
pub(crate) fn SentRows(
    links: SentLinks,
    allowed: RwSignal<Allowed>,
    #[prop(optional)] most: Option<usize>,
) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let mut shown = links.all.get();
        shown.truncate(most.unwrap_or(usize::MAX));
        shown
    });
    move || {
        let shown = shown.get();
        view! {
            <ul class="ctl sent-links" role="list">
                {rows_in_turn(shown.len(), 0, move |at| view! { <Row link=shown[at] links allowed/> }.into_any())}
            </ul>
        }
    }
}

#[component]
fn Row(link: SentLink, links: SentLinks, allowed: RwSignal<Allowed>) -> impl IntoView {
    let m = t();
    let (id, own) = (link.id(), link.card.with_untracked(|card| card.own.clone()));
    let is_open = {
        let id = id.clone();
        Memo::new(move |_| links.open.with(|open| open.as_ref() == Some(&id)))
    };
    let ended = Memo::new(move |_| link.card.with(SentLinkState::is_gone));
    let failed = RwSignal::new(false);
    let toggled = id.clone();
    // The text of the link is needed to copy it by hand.
    let wanted = id.clone();
    Effect::new(move |_| {
        if failed.get() {
            links.open.set(Some(wanted.clone()));
        }
    });
    let text = own.link.clone();
    view! {
        <li data-testid="sent-link" data-link=id data-state=move || link.card.with(state_name)>
            <div class="sent-what">
                <span class="v"><bdi>{names::visible(&own.facts.name)}</bdi></span>
                <span class="k">{(m.count)(own.facts.files)} ", " {numbers::bytes(own.facts.plain_bytes)} " · " {m.sent_when} " " <Moment at_ms=own.facts.created_ms as f64/></span>
                <span class="k sent-state">{move || state_view(link)}</span>
            </div>
            <div class="row">
                {move || {
                    let text = text.clone();
                    (!ended.get()).then(|| view! { <CopyLink link text failed class="btn" testid="sent-copy"/> })
                }}
                <button
                    class="btn btn-quiet"
                    type="button"
                    data-testid="sent-details"
                    aria-expanded=move || if is_open.get() { "true" } else { "false" }
                    on:click=move |_| links.open.set((!is_open.get_untracked()).then(|| toggled.clone()))
                >
                    {move || if is_open.get() { m.fewer_details } else { m.details }}
                </button>
                {move || ended.get().then(|| view! { <Forget link links/> })}
            </div>
            {move || is_open.get().then(|| view! { <Details link links allowed/> })}
        </li>
    }
    .into_any()
}

/// Everything that can be seen of a link and done with it.
#[component]
fn Details(link: SentLink, links: SentLinks, allowed: RwSignal<Allowed>) -> impl IntoView {
    let ended = Memo::new(move |_| link.card.with(SentLinkState::is_gone));
    Effect::new(move |_| link.refresh());
    view! {
        <div class="sent-details stack stack-6">
            {move || (!ended.get()).then(|| view! { <LinkCard link/> })}
            <SentContents link/>
            {move || (!ended.get()).then(|| view! { <OwnerControls link allowed/> })}
            {move || (!ended.get()).then(|| view! {
                <div class="row">
                    <Forget link links/>
                    <span class="hint">{t().forget_hint}</span>
                </div>
            })}
        </div>
    }
    .into_any()
}

/// Takes the link off the list; asks once more for one that still opens.
#[component]
fn Forget(link: SentLink, links: SentLinks) -> impl IntoView {
    let m = t();
    let sure = RwSignal::new(false);
    view! {
        <button
            class=move || if sure.get() { "btn btn-danger" } else { "btn btn-quiet" }
            type="button"
            data-testid="sent-forget"
            on:click=move |_| {
                let at_once = link.card.with_untracked(SentLinkState::is_gone);
                if at_once || sure.get_untracked() { links.forget(link) } else { sure.set(true) }
            }
        >
            {move || if sure.get() { m.forget_sure } else { m.forget }}
        </button>
    }
    .into_any()
}

/// For tests and styles.
fn state_name(card: &SentLinkState) -> &'static str {
    match (card.answer, card.own.facts.state) {
        (Answer::Gone, _) => "gone",
        (_, LinkState::Expired) => "expired",
        (_, LinkState::Exhausted) => "used-up",
        (_, LinkState::Revoked) => "closed",
        (_, LinkState::Removed) => "removed",
        (Answer::Away, _) => "away",
        (Answer::Fine, LinkState::Active) => "active",
    }
}

fn state_view(link: SentLink) -> AnyView {
    let m = t();
    let card = link.card.get();
    let (class, icon, word) = match state_name(&card) {
        "gone" => ("state", "x", m.state_gone),
        "expired" => ("state", "clock", m.state_expired),
        "used-up" => ("state", "check", m.state_used_up),
        "closed" => ("state", "x", m.state_closed),
        "removed" => ("state", "x", m.state_removed),
        "away" => ("state", "offline", m.state_away),
        _ => ("state state-ok", "check", m.state_active),
    };
    let (used, all, at_ms) = (
        card.own.facts.used,
        card.own.facts.max_downloads,
        card.own.facts.expires_ms as f64,
    );
    let when = card
        .over()
        .is_none()
        .then(|| view! { " · " {m.expires} " " <Moment at_ms/> });
    let only_here = (card.keeping != Keeping::Kept).then(|| view! { " · " {m.not_kept_here} });
    view! { <span class=class><Icon name=icon small=true/>{word}</span> " · " {(m.downloads_used)(used, all)} {when} {only_here} }.into_any()
}

//! The links of the user: where each stands, and what can be done with it.

use leptos::prelude::*;
use sealdrop_api::{
    LinkId,
    links::{LinkState, LinkStatus},
};

use crate::{
    account::{
        overview::Overview,
        own_links::{end_button, extend_button, timeline_button},
        wish::Place,
    },
    components::{
        icon::Icon,
        values::{Moment, Size},
    },
    messages::{account as words, t},
    model::{names, times},
    pages::{
        account_trouble::TroubleView,
        link_changes::{LINK_END, LINK_EXTEND},
        link_timeline::LINK_TIMELINE,
    },
    split::Lazy,
};

/// The list, the newest first.
#[component]
pub(crate) fn OwnLinks(overview: Overview) -> impl IntoView {
    let m = words();
    let links = overview.links;
    let ids = Memo::new(move |_| {
        links
            .all
            .with(|all| all.iter().map(|link| link.link_id).collect::<Vec<_>>())
    });
    let none = Memo::new(move |_| ids.with(Vec::is_empty));
    let has_more = Memo::new(move |_| links.next.with(Option::is_some));
    view! {
        <section class="panel" aria-labelledby="links-heading">
            <div class="panel-head"><h2 id="links-heading">{m.links_title}</h2></div>
            {move || none.get().then(|| view! { <p class="panel-pad muted" data-testid="no-own-links">{m.no_links}</p> })}
            <ul class="ctl sent-links" role="list" data-testid="own-links">
                <For each=move || ids.get() key=|id| *id let:id>
                    <Row overview id/>
                </For>
            </ul>
            {move || has_more.get().then(|| view! {
                <div class="panel-pad"><button class="btn" type="button" data-testid="more-links" on:click=move |_| overview.more_links()>{m.more_links}</button></div>
            })}
            <div class="panel-pad stack stack-2">
                <TroubleView overview at=Place::Links/>
                <p class="hint">{m.links_hint}</p>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Row(overview: Overview, id: LinkId) -> impl IntoView {
    let m = words();
    let links = overview.links;
    let status = Memo::new(move |_| links.all.with(|all| all.iter().find(|one| one.link_id == id).cloned()));
    let name = move || {
        links
            .names
            .with(|names| names.get(&id).map(|name| names::visible(name)))
    };
    let is_open = Memo::new(move |_| status.with(|link| link.as_ref().is_some_and(opens)));
    let is_paused = Memo::new(move |_| status.with(|link| link.as_ref().is_some_and(|link| link.paused)));
    let is_extending = Memo::new(move |_| links.extending.get() == Some(id));
    let is_ending = Memo::new(move |_| links.ending.get() == Some(id));
    let has_timeline = Memo::new(move |_| links.timeline_of.get() == Some(id));
    view! {
        <li data-testid="own-link" data-state=move || status.with(|link| link.as_ref().map(state_name))>
            <div class="sent-what">
                <span class="v" data-testid="own-link-name">{move || name().map_or_else(|| m.unnamed_link.to_owned().into_any(), |name| view! { <bdi>{name}</bdi> }.into_any())}</span>
                {move || status.get().map(facts)}
            </div>
            <div class="row">
                {move || is_open.get().then(|| view! {
                    <button class="btn btn-quiet" type="button" data-testid="pause-link"
                        on:click=move |_| overview.pause(id, !is_paused.get_untracked())>{move || if is_paused.get() { m.resume } else { m.pause }}</button>
                    <button class="btn btn-quiet" type="button" id=extend_button(id) data-testid="extend-link" aria-expanded=move || if is_extending.get() { "true" } else { "false" }
                        on:click=move |_| links.extending.set((!is_extending.get_untracked()).then_some(id))>{m.extend}</button>
                    <button class="btn btn-quiet" type="button" id=end_button(id) data-testid="end-link" aria-expanded=move || if is_ending.get() { "true" } else { "false" }
                        on:click=move |_| links.ending.set((!is_ending.get_untracked()).then_some(id))>{m.end}</button>
                })}
                <button class="btn btn-quiet" type="button" id=timeline_button(id) data-testid="link-timeline" aria-expanded=move || if has_timeline.get() { "true" } else { "false" }
                    on:click=move |_| links.timeline_of.set((!has_timeline.get_untracked()).then_some(id))>{m.timeline}</button>
            </div>
            {move || (is_open.get() && is_ending.get()).then(|| view! { <Lazy part=LINK_END inline=true alert=true/> })}
            {move || (is_open.get() && is_extending.get()).then(|| view! { <Lazy part=LINK_EXTEND inline=true alert=true/> })}
            {move || has_timeline.get().then(|| view! { <Lazy part=LINK_TIMELINE inline=true alert=true/> })}
        </li>
    }
    .into_any()
}

fn opens(link: &LinkStatus) -> bool {
    link.state == LinkState::Active
}

/// For tests and styles.
fn state_name(link: &LinkStatus) -> &'static str {
    match link.state {
        LinkState::Active if link.paused => "paused",
        LinkState::Active => "active",
        LinkState::Expired => "expired",
        LinkState::Exhausted => "used-up",
        LinkState::Revoked => "closed",
        LinkState::Removed => "removed",
    }
}

/// Its size and date, and where it stands.
fn facts(link: LinkStatus) -> AnyView {
    let (m, common) = (words(), t());
    let (class, icon, word) = match state_name(&link) {
        "paused" => ("state", "pause", m.state_paused),
        "expired" => ("state", "clock", common.state_expired),
        "used-up" => ("state", "check", common.state_used_up),
        "closed" => ("state", "x", common.state_closed),
        "removed" => ("state", "x", common.state_removed),
        _ => ("state state-ok", "check", common.state_active),
    };
    let made = link.created_at.map(|made| times::of_api(made.unix_timestamp_nanos()));
    let ends = opens(&link).then(|| times::of_api(link.expires_at.unix_timestamp_nanos()));
    view! {
        <span class="k"><Size bytes=link.sealed_bytes/>{made.map(|at_ms| view! { " · " {m.link_made} " " <Moment at_ms/> })}{ends.map(|at_ms| view! { " · " {common.expires} " " <Moment at_ms/> })}</span>
        <span class="k sent-state"><span class=class data-testid="own-link-state"><Icon name=icon small=true/>{word}</span> " · " {(common.downloads_used)(link.used, link.max_downloads)} " · " {(m.opened)(link.opened)}</span>
    }
    .into_any()
}

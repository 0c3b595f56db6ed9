//! What happened to a link, in sentences.

use leptos::prelude::*;
use sealdrop_api::{
    LinkId,
    links::{LinkEvent, LinkEventKind},
};

use crate::{
    account::{AccountState, overview::Overview, own_links::Timeline},
    components::icon::Icon,
    engine,
    messages::{account as words, timeline},
    model::times,
    split::split_view,
};

split_view!(own_link: LINK_TIMELINE, load_link_timeline, link_timeline = {
    let account = expect_context::<AccountState>();
    let of = account.overview().links.timeline_of.get_untracked();
    of.map(|id| view! { <LinkTimeline overview=account.overview() id/> })
});

/// Under the row of the link.
#[component]
fn LinkTimeline(overview: Overview, id: LinkId) -> impl IntoView {
    let m = timeline();
    Effect::new(move |_| overview.read_timeline(id));
    view! {
        <div class="sent-details stack stack-2" aria-live="polite" data-testid="timeline">
            {move || match overview.links.timeline.get() {
                Timeline::Reading => view! { <p class="muted">{m.reading}</p> }.into_any(),
                Timeline::Failed => view! {
                    <p class="error" data-testid="timeline-failed"><Icon name="alert" small=true/><span>{m.failed}</span></p>
                    <div><button class="btn" type="button" data-testid="timeline-retry" on:click=move |_| overview.read_timeline(id)><Icon name="retry"/>{words().try_again}</button></div>
                }.into_any(),
                Timeline::Known(events) if events.is_empty() => view! { <p class="muted" data-testid="timeline-empty">{m.empty}</p> }.into_any(),
                Timeline::Known(events) => view! {
                    <ul class="stack stack-2" role="list">{events.into_iter().map(event_view).collect_view()}</ul>
                    <p class="hint">{m.hint}</p>
                }.into_any(),
            }}
        </div>
    }
    .into_any()
}

fn event_view(event: LinkEvent) -> AnyView {
    let m = timeline();
    let at_ms = times::of_api(event.at.unix_timestamp_nanos());
    view! {
        <li data-testid="timeline-event" data-kind=kind_name(event.kind)>
            {(m.event)(event.kind, event.n)} <span class="k">" · " <time datetime=times::machine(at_ms)>{times::exact(at_ms, engine::offset_minutes(at_ms))}</time></span>
        </li>
    }
    .into_any()
}

/// For tests.
fn kind_name(kind: LinkEventKind) -> &'static str {
    match kind {
        LinkEventKind::Opened => "opened",
        LinkEventKind::Started => "started",
        LinkEventKind::Finished => "finished",
        LinkEventKind::Failed => "failed",
        LinkEventKind::Changed => "changed",
    }
}

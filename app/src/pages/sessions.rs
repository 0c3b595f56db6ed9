//! Where the user is signed in.

use leptos::prelude::*;
use sealdrop_api::auth::SessionStatus;

use crate::{account::overview::Overview, components::values::Moment, messages::account as words, model::times};

/// The list; each but this one can be ended.
#[component]
pub(crate) fn Sessions(overview: Overview) -> impl IntoView {
    let m = words();
    let others = move || {
        overview.sessions.with(|all| {
            let all = all.iter().flatten().filter(|one| !one.is_current);
            all.map(|one| one.session_id).collect::<Vec<_>>()
        })
    };
    let has_others = Memo::new(move |_| !others().is_empty());
    view! {
        <section class="panel" aria-labelledby="sessions-heading">
            <div class="panel-head">
                <div class="head-t"><h2 id="sessions-heading">{m.sessions_title}</h2></div>
                {move || has_others.get().then(|| view! {
                    <button class="btn btn-quiet" type="button" data-testid="end-others" on:click=move |_| overview.end_sessions(others())>{m.end_others}</button>
                })}
            </div>
            <ul class="ctl" role="list" data-testid="sessions">
                {move || overview.sessions.get().unwrap_or_default().into_iter().map(|session| view! { <Session overview session/> }).collect_view()}
            </ul>
        </section>
    }
    .into_any()
}

#[component]
fn Session(overview: Overview, session: SessionStatus) -> impl IntoView {
    let m = words();
    let device = (m.device)(session.browser.as_deref(), session.system.as_deref());
    let id = session.session_id;
    let [made, seen] = m.session_times;
    let label = (m.end_session)(&device);
    view! {
        <li data-testid="session">
            <div>
                <span class="v">{device}{session.is_current.then(|| view! { " " <span class="muted" data-testid="this-session">{format!("({})", m.this_one)}</span> })}</span>
                <span class="k">{made}<Moment at_ms=times::of_api(session.created_at.unix_timestamp_nanos())/>{seen}<Moment at_ms=times::of_api(session.seen_at.unix_timestamp_nanos())/></span>
            </div>
            {(!session.is_current).then(|| view! {
                <button class="btn btn-quiet" type="button" data-testid="end-session" aria-label=label on:click=move |_| overview.end_sessions(vec![id])>{m.end}</button>
            })}
        </li>
    }
    .into_any()
}

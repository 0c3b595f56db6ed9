//! Chosen files that cannot be read.

use leptos::prelude::*;

use crate::{messages::t, model::names, transfers::sending::Sending};

/// Names of this many files; the rest is counted.
const NAMED: usize = 8;

/// The files and folders that cannot be read, and the choice to go on without them.
#[component]
pub(crate) fn UnreadableFiles(sending: Sending) -> impl IntoView {
    let m = t();
    move || {
        let gone = sending.all_unreadable();
        let rest = sending.readable();
        (!gone.is_empty()).then(|| {
            let more = gone.len().saturating_sub(NAMED);
            view! {
                <section class="panel" aria-labelledby="unreadable-heading" data-testid="unreadable">
                    <div class="panel-head"><h2 id="unreadable-heading">{(m.unreadable_title)(gone.len() as u64)}</h2></div>
                    <ul class="ctl" role="list">
                        {gone.iter().take(NAMED).map(|path| view! { <li><span class="v">{names::visible(path)}</span></li> }).collect_view()}
                        {(more > 0).then(|| view! { <li><span class="k">{(m.and_more)(more as u64)}</span></li> })}
                    </ul>
                    {(rest > 0).then(|| view! {
                        <div class="panel-foot row">
                            <span>{m.unreadable_text}{sending.has_stored().then_some(m.not_again)}</span>
                            <span class="push"><button class="btn" type="button" data-testid="leave-out" on:click=move |_| sending.leave_out()>
                                {(m.leave_out)(rest as u64)}
                            </button></span>
                        </div>
                    })}
                </section>
            }
        })
    }
}

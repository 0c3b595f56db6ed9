//! Of what the user is told by mail.

use leptos::prelude::*;

use crate::{
    account::{overview::Overview, wish::Place},
    messages::account as words,
    model::notices::Choice,
    pages::account_trouble::TroubleView,
};

/// A box for each notice, and one for how they come.
#[component]
pub(crate) fn NoticeChoices(overview: Overview) -> impl IntoView {
    let m = words();
    let choice = move |choice: Choice| {
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    data-testid=choice.test_id()
                    prop:checked=move || overview.user.with(|user| user.as_ref().is_some_and(|user| choice.of(&user.notices)))
                    on:change=move |event| overview.choose_notice(choice, event_target_checked(&event))
                />
                <span>{(m.notice)(choice)}</span>
            </label>
        }
    };
    view! {
        <section class="panel" id="notices" aria-labelledby="notices-heading">
            <div class="panel-head"><div class="head-t"><h2 id="notices-heading">{m.notices_title}</h2><span class="sum">{m.notices_lead}</span></div></div>
            <div class="panel-pad stack with-script">
                <TroubleView overview at=Place::Notices/>
                <div class="stack stack-2" role="group" aria-labelledby="notices-heading">{Choice::OF_WHAT.map(choice)}</div>
                <div class="stack stack-2">
                    {choice(Choice::Daily)}
                    <p class="hint">{m.notices_hint}</p>
                </div>
            </div>
        </section>
    }
    .into_any()
}

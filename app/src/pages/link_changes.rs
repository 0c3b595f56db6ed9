//! What is asked before a link of the user ends or gets another end: loaded when somebody does.

use leptos::prelude::*;
use sealdrop_api::LinkId;

use crate::{
    account::{
        AccountState,
        overview::Overview,
        own_links::{OwnLinks, end_button, extend_button},
    },
    dom,
    messages::{account as words, t},
    model::{limits::Allowed, options, times},
    split::split_view,
    transfers::sending::Sending,
};

const KEEP: &str = "end-link-keep";
const EXTEND_TO: &str = "extend-link-to";

split_view!(own_link: LINK_END, load_link_end, link_end = of(|links| links.ending, |overview, id| view! { <End overview id/> }.into_any()));
split_view!(own_link: LINK_EXTEND, load_link_extend, link_extend = of(|links| links.extending, |overview, id| {
    let allowed = expect_context::<Sending>().allowed;
    view! { <Extend overview allowed id/> }.into_any()
}));

/// For the link that was chosen.
fn of(which: fn(OwnLinks) -> RwSignal<Option<LinkId>>, view: fn(Overview, LinkId) -> AnyView) -> Option<AnyView> {
    let overview = expect_context::<AccountState>().overview();
    which(overview.links).get_untracked().map(|id| view(overview, id))
}

/// The question before the end, with a way out.
#[component]
fn End(overview: Overview, id: LinkId) -> impl IntoView {
    let m = words();
    let keep = move || {
        overview.links.ending.set(None);
        dom::focus(&end_button(id));
    };
    // What changes nothing comes first to hand.
    Effect::new(move |_| request_animation_frame(|| dom::focus(KEEP)));
    view! {
        <div class="sent-details stack stack-2" role="group" aria-labelledby="end-link-question" data-testid="end-link-question" on:keydown=move |event| {
            if event.key() == "Escape" {
                keep();
            }
        }>
            <p id="end-link-question">{m.end_link_sure}</p>
            <div class="row">
                <button class="btn btn-danger" type="button" data-testid="end-link-sure" on:click=move |_| overview.end_link(id)>{m.end_link_go}</button>
                <button class="btn" type="button" id=KEEP data-testid="end-link-keep" on:click=move |_| keep()>{t().keep_it}</button>
            </div>
        </div>
    }
    .into_any()
}

/// Until when it shall live.
#[component]
fn Extend(overview: Overview, allowed: RwSignal<Allowed>, id: LinkId) -> impl IntoView {
    let m = words();
    let wish = RwSignal::new(allowed.with_untracked(|allowed| allowed.default_expires_in));
    let offers = move || {
        let spans = allowed.with(|allowed| options::spans(allowed, allowed.default_expires_in));
        spans
            .into_iter()
            .map(|span| view! { <option value=span.to_string() selected=move || wish.get() == span>{times::span(span)}</option> })
            .collect_view()
    };
    let leave = move || {
        overview.links.extending.set(None);
        dom::focus(&extend_button(id));
    };
    Effect::new(move |_| request_animation_frame(|| dom::focus(EXTEND_TO)));
    view! {
        <form class="sent-details stack stack-2" on:keydown=move |event| {
            if event.key() == "Escape" {
                leave();
            }
        } on:submit=move |event| {
            event.prevent_default();
            overview.extend(id, wish.get_untracked());
        }>
            <div class="field">
                <label for=EXTEND_TO>{m.extend_to}</label>
                <select class="input" id=EXTEND_TO data-testid="extend-link-to" on:change=move |event| {
                    if let Ok(span) = event_target_value(&event).parse() {
                        wish.set(span);
                    }
                }>{offers}</select>
            </div>
            <div class="row">
                <button class="btn" type="submit" data-testid="extend-link-save">{m.extend_save}</button>
                <button class="btn" type="button" data-testid="extend-link-leave" on:click=move |_| leave()>{m.leave}</button>
            </div>
        </form>
    }
    .into_any()
}

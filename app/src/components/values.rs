//! Sizes and instants: short in the line, exact on hover; a deadline is exact without hovering.

use leptos::prelude::*;

use crate::{
    engine,
    messages::t,
    model::{numbers, times},
};

/// A size in decimal units, its bytes on hover.
#[component]
pub(crate) fn Size(bytes: u64, #[prop(default = "")] class: &'static str) -> impl IntoView {
    view! { <data class=class value=bytes.to_string() title=(t().exact_bytes)(bytes)>{numbers::bytes(bytes)}</data> }
}

/// An instant relative to now, its date on hover.
#[component]
pub(crate) fn Moment(at_ms: f64) -> impl IntoView {
    view! {
        <time datetime=times::machine(at_ms) title=times::exact(at_ms, engine::offset_minutes(at_ms))>
            {times::relative(at_ms, engine::now_ms())}
        </time>
    }
    .into_any()
}

/// When something ends: relative to now, and as a date with its time.
#[component]
pub(crate) fn Deadline(at_ms: f64) -> impl IntoView {
    view! {
        <time datetime=times::machine(at_ms) data-testid="deadline">
            {times::relative(at_ms, engine::now_ms())}
            <span class="exact">{times::exact(at_ms, engine::offset_minutes(at_ms))}</span>
        </time>
    }
    .into_any()
}

//! What several of these pages have: amounts, dates, names of plans, forms.

use leptos::prelude::*;
use sealdrop_api::billing::OrderState;
use time::OffsetDateTime;

use super::money;
use crate::{
    components::icon::Icon,
    messages::{billing as words, t},
    model::times,
    visitor::Notice,
};

/// Milliseconds since 1970.
pub(super) fn ms(at: OffsetDateTime) -> f64 {
    times::of_api(at.unix_timestamp_nanos())
}

/// A day of the calendar, in UTC: invoices and ends of plans are the same day for everyone.
pub(super) fn day(at_ms: f64) -> String {
    let text = times::exact(at_ms, 0);
    text.split(',').next().unwrap_or(&text).to_owned()
}

/// A day, readable for machines too.
#[component]
pub(super) fn Day(at_ms: f64) -> impl IntoView {
    view! { <time datetime=times::machine(at_ms) title=(words().utc)(&times::exact(at_ms, 0))>{day(at_ms)}</time> }
}

/// A price or a sum; the script writes it as the reader's language does.
#[component]
pub(super) fn Amount(smallest: u64, currency: String, #[prop(optional)] short: bool) -> impl IntoView {
    let text = money::amount(smallest, &currency, short);
    let decimals = money::decimals(&currency);
    view! { <data class="amount" value=smallest.to_string() data-currency=currency data-decimals=decimals.to_string() data-short=short.then_some("")>{text}</data> }
}

/// A plan as people read it: `plus` is Plus.
pub(super) fn plan_name(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

/// How far an order is, in one word.
pub(super) fn state_word(state: OrderState) -> &'static str {
    let m = words();
    match state {
        OrderState::Preparing | OrderState::Open => m.state_open,
        OrderState::Cancelled => m.state_cancelled,
        OrderState::Expired => m.state_expired,
        OrderState::Granted => m.state_granted,
        OrderState::Refunding => m.state_refunding,
        OrderState::Refunded => m.state_refunded,
    }
}

/// A state as attributes name it.
pub(super) fn state_name(state: OrderState) -> &'static str {
    match state {
        OrderState::Preparing => "preparing",
        OrderState::Open => "open",
        OrderState::Cancelled => "cancelled",
        OrderState::Expired => "expired",
        OrderState::Granted => "granted",
        OrderState::Refunding => "refunding",
        OrderState::Refunded => "refunded",
    }
}

/// A form that is one button.
#[component]
pub(super) fn ButtonForm(
    action: &'static str,
    field: &'static str,
    value: String,
    label: String,
    class: &'static str,
    testid: &'static str,
) -> impl IntoView {
    view! {
        <form method="post" action=action>
            <input type="hidden" name=field value=value/>
            <button class=class type="submit" data-testid=testid>{label}</button>
        </form>
    }
}

/// What became of the last form, where that needs a word.
#[component]
pub(super) fn Said(notice: Option<Notice>) -> impl IntoView {
    let m = words();
    let text = match notice {
        Some(Notice::PlanGone) => Some(m.plan_gone),
        Some(Notice::OrderPaid) => Some(m.order_paid),
        Some(Notice::OrderCancelled) => Some(m.order_cancelled_said),
        Some(Notice::PlanCancelled) => Some(m.plan_cancelled_said),
        Some(Notice::Away) => Some(m.away),
        _ => None,
    };
    text.map(|text| {
        let name = notice.map(Notice::name);
        view! {
            <div class="note" role="status" data-testid="billing-said" data-notice=name><Icon name="info"/><div><span>{text}</span></div></div>
        }
    })
}

/// Months that one payment is for.
pub(super) fn period(months: u32) -> String {
    (words().period)(months)
}

/// The way back to what a user bought.
#[component]
pub(super) fn ToBilling() -> impl IntoView {
    view! { <a class="btn" href="/billing" data-testid="to-billing">{words().to_billing}</a> }
}

/// The page that sends.
#[component]
pub(super) fn ToSend() -> impl IntoView {
    view! { <a class="btn btn-primary" href="/" data-testid="to-send">{t().send_title}</a> }
}

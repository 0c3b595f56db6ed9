//! `/billing?pay=ID` and `/billing?order=ID`: an order before it is paid, and after its user came back. Whether it was paid is the
//! server's to know: until then the page waits and asks again, and never says that something failed.

use leptos::prelude::*;
use sealdrop_api::billing::{Order, OrderState};

use super::{
    data::{OrderPage, Purpose},
    parts::{Amount, ButtonForm, Day, ToBilling, ToSend, ms, period, plan_name, state_name},
};
use crate::{
    components::icon::{Icon, Seal},
    messages::billing as words,
};

impl OrderPage {
    /// Whether the server will know more before long: the page asks again.
    pub(super) fn is_pending(&self) -> bool {
        matches!(
            self.order.state,
            OrderState::Preparing | OrderState::Open | OrderState::Refunding
        )
    }

    /// What it is about, for the tab's title too.
    pub(super) fn title(&self) -> String {
        let m = words();
        let name = plan_name(&self.order.plan.name);
        match (self.order.state, self.purpose) {
            (OrderState::Preparing | OrderState::Open, Purpose::Pay) => (m.pay_title)(&name),
            (OrderState::Preparing | OrderState::Open, Purpose::Return) => m.pending_title.to_owned(),
            (OrderState::Granted, _) => (m.granted_title)(&name),
            (OrderState::Cancelled, _) => m.cancelled_title.to_owned(),
            (OrderState::Expired, _) => m.expired_title.to_owned(),
            (OrderState::Refunding, _) => m.refunding_title.to_owned(),
            (OrderState::Refunded, _) => m.refunded_title.to_owned(),
        }
    }
}

/// The page.
#[component]
pub(super) fn OrderScreen(page: OrderPage) -> impl IntoView {
    let title = page.title();
    let label = title.clone();
    let pending = page.is_pending();
    let state = page.order.state;
    let id = page.order.order_id.to_string();
    let form = match state {
        OrderState::Granted => "verified",
        OrderState::Preparing | OrderState::Open => "open",
        _ => "ended",
    };
    let order = page.order.clone();
    let body = match (state, page.purpose) {
        (OrderState::Preparing | OrderState::Open, Purpose::Pay) => view! { <ToPay order/> }.into_any(),
        (OrderState::Preparing | OrderState::Open, Purpose::Return) => view! { <Pending order/> }.into_any(),
        (OrderState::Granted, _) => view! { <Granted page/> }.into_any(),
        _ => view! { <Over order/> }.into_any(),
    };
    view! {
        <section class="verdict" aria-label=label data-testid="order-state" data-state=state_name(state) data-order=id data-pending=pending.then_some("")>
            <div class="verdict-stub"><Seal form/></div>
            <div class="verdict-body">
                <h1>{title}</h1>
                {body}
            </div>
        </section>
    }
    .into_any()
}

/// What is bought, and for how much.
#[component]
fn Bought(order: Order) -> impl IntoView {
    let m = words();
    view! {
        <dl class="kv-list">
            <div><dt>{m.plan_title}</dt><dd>{plan_name(&order.plan.name)}</dd></div>
            <div><dt>{m.time}</dt><dd>{period(order.plan.months)}</dd></div>
            <div><dt>{m.price}</dt><dd><Amount smallest=order.plan.price currency=order.plan.currency/>" "{m.tax_included_short}</dd></div>
        </dl>
    }
    .into_any()
}

#[component]
fn ToPay(order: Order) -> impl IntoView {
    let m = words();
    let id = order.order_id.to_string();
    let (expires_at, pay_url) = (ms(order.expires_at), order.pay_url.clone());
    let has_way = pay_url.is_some();
    view! {
        <Bought order/>
        <div class="row" aria-live="polite">
            {match pay_url {
                Some(address) => view! { <a class="btn btn-primary btn-big btn-fill-phone" href=address rel="noreferrer" data-testid="continue-to-payment">{m.continue_to_payment}<Icon name="right"/></a> }.into_any(),
                None => view! { <p class="muted" role="status" data-testid="preparing">{m.preparing}</p> }.into_any(),
            }}
            <ButtonForm action="/_ui/billing/cancel-order" field="order" value=id label=m.cancel_order.to_owned() class="btn btn-quiet" testid="cancel-order"/>
        </div>
        {has_way.then(|| view! { <p class="hint">{m.pay_hint}</p> })}
        <p class="hint">{m.pay_until}" "<Day at_ms=expires_at/>"."</p>
    }
    .into_any()
}

#[component]
fn Pending(order: Order) -> impl IntoView {
    let m = words();
    let pay_url = order.pay_url.clone();
    let id = order.order_id.to_string();
    view! {
        <p class="lead" role="status">{m.pending}</p>
        <ul class="plain-points">{m.pending_points.map(|point| view! { <li>{point}</li> }).collect_view()}</ul>
        <Bought order/>
        <p class="hint">{m.not_paid_yet}</p>
        <div class="row">
            {pay_url.map(|address| view! { <a class="btn" href=address rel="noreferrer" data-testid="continue-to-payment">{m.continue_to_payment}</a> })}
            <ButtonForm action="/_ui/billing/cancel-order" field="order" value=id label=m.cancel_order.to_owned() class="btn btn-quiet" testid="cancel-order"/>
            <ToBilling/>
        </div>
        <div class="row no-refresh"><a class="btn" href="" data-testid="look-again">{m.look_again}</a></div>
    }
    .into_any()
}

#[component]
fn Granted(page: OrderPage) -> impl IntoView {
    let m = words();
    view! {
        {page.ends_at_ms.map(|at_ms| view! { <p class="lead" role="status">{m.granted}" "<b><Day at_ms/></b>"."</p> })}
        <Bought order=page.order/>
        <div class="row">
            <ToSend/>
            {page.invoice.map(|invoice| view! { <a class="btn" href=format!("/billing/invoices/{}", invoice.invoice_id) data-testid="order-invoice">{m.see_invoice}</a> })}
            <ToBilling/>
        </div>
    }
    .into_any()
}

/// It was not bought: why, and what becomes of money that was paid.
#[component]
fn Over(order: Order) -> impl IntoView {
    let m = words();
    let text = match order.state {
        OrderState::Cancelled => m.cancelled,
        OrderState::Expired => m.expired,
        OrderState::Refunding => m.refunding,
        _ => m.refunded,
    };
    view! {
        <p class="lead" role="status">{text}</p>
        <Bought order/>
        <div class="row">
            <a class="btn btn-primary" href="/plans" data-testid="see-plans">{m.see_plans}</a>
            <ToBilling/>
        </div>
    }
    .into_any()
}

//! What a user ordered, and the invoices of it.

use leptos::prelude::*;
use sealdrop_api::billing::{Invoice, InvoiceKind, Order};

use super::parts::{Amount, Day, ms, plan_name, state_name, state_word};
use crate::messages::billing as words;

/// Every order, the newest first.
#[component]
pub(super) fn Orders(orders: Vec<Order>) -> impl IntoView {
    let m = words();
    let none = orders.is_empty();
    view! {
        <section class="panel" aria-labelledby="orders-heading">
            <div class="panel-head"><h2 id="orders-heading">{m.orders_title}</h2></div>
            {none.then(|| view! { <p class="panel-pad muted" data-testid="no-orders">{m.no_orders}</p> })}
            <ul class="bills" role="list" data-testid="orders">
                {orders.into_iter().map(|order| view! {
                    <li data-testid="order" data-state=state_name(order.state)>
                        <a href=format!("/billing?order={}", order.order_id) data-testid="order-link">{plan_name(&order.plan.name)}</a>
                        <Day at_ms=ms(order.created_at)/>
                        <span class="bill-state">{state_word(order.state)}</span>
                        <Amount smallest=order.plan.price currency=order.plan.currency/>
                    </li>
                }).collect_view()}
            </ul>
        </section>
    }
    .into_any()
}

/// Invoices and credit notes, the newest first.
#[component]
pub(super) fn Invoices(invoices: Vec<Invoice>) -> impl IntoView {
    let m = words();
    let none = invoices.is_empty();
    view! {
        <section class="panel" aria-labelledby="invoices-heading">
            <div class="panel-head"><h2 id="invoices-heading">{m.invoices_title}</h2></div>
            {none.then(|| view! { <p class="panel-pad muted" data-testid="no-invoices">{m.no_invoices}</p> })}
            <ul class="bills" role="list" data-testid="invoices">
                {invoices.into_iter().map(|invoice| view! {
                    <li data-testid="invoice" data-kind=kind_name(invoice.kind)>
                        <a href=format!("/billing/invoices/{}", invoice.invoice_id) data-testid="invoice-link">{invoice.number.clone()}</a>
                        <Day at_ms=ms(invoice.issued_at)/>
                        <span class="bill-state">{kind_word(invoice.kind)}</span>
                        <Amount smallest=invoice.total currency=invoice.currency/>
                    </li>
                }).collect_view()}
            </ul>
        </section>
    }
    .into_any()
}

/// As attributes name it.
pub(super) fn kind_name(kind: InvoiceKind) -> &'static str {
    match kind {
        InvoiceKind::Invoice => "invoice",
        InvoiceKind::CreditNote => "credit-note",
    }
}

/// As people read it.
pub(super) fn kind_word(kind: InvoiceKind) -> &'static str {
    let m = words();
    match kind {
        InvoiceKind::Invoice => m.invoice,
        InvoiceKind::CreditNote => m.credit_note,
    }
}

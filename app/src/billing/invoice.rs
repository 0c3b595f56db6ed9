//! `/billing/invoices/{id}`: an invoice or a credit note, made for paper.

use leptos::prelude::*;
use sealdrop_api::billing::{Invoice, InvoiceKind};

use super::{
    history::kind_word,
    money,
    parts::{Amount, ToBilling, day, ms, period, plan_name},
};
use crate::{components::icon::Icon, messages::billing as words};

/// The page.
#[component]
pub(super) fn InvoiceScreen(invoice: Invoice, email: Option<String>) -> impl IntoView {
    let m = words();
    let kind = kind_word(invoice.kind);
    let is_credit = invoice.kind == InvoiceKind::CreditNote;
    let currency = invoice.currency.clone();
    let taxes = [
        (m.cgst, invoice.cgst, 2),
        (m.sgst, invoice.sgst, 2),
        (m.igst, invoice.igst, 1),
    ];
    let is_taxed = taxes.iter().any(|(_, amount, _)| *amount > 0);
    let rows = taxes.into_iter().filter(|(_, amount, _)| *amount > 0).map(|(name, amount, parts)| {
        let label = format!("{name} {}", money::rate(invoice.tax_rate / parts));
        view! { <tr data-testid="invoice-tax"><th scope="row">{label}</th><td><Amount smallest=amount currency=currency.clone()/></td></tr> }
    });
    let rows = rows.collect_view();
    view! {
        <article class="panel invoice" data-testid="invoice-page" data-kind=super::history::kind_name(invoice.kind)>
            <header class="invoice-head">
                <div class="stack stack-2"><h1>{kind}</h1><p class="invoice-number" data-testid="invoice-number">{invoice.number.clone()}</p></div>
                <address data-testid="seller">{invoice.seller.iter().map(|line| view! { <span>{line.clone()}</span> }).collect_view()}
                    {invoice.gstin.clone().map(|number| view! { <span data-testid="gstin">{m.gstin}" "{number}</span> })}
                </address>
            </header>
            <dl class="kv-list">
                <div><dt>{m.date}</dt><dd>{day(ms(invoice.issued_at))}</dd></div>
                <div><dt>{m.order}</dt><dd class="break">{invoice.order_id.to_string()}</dd></div>
                {invoice.of_invoice.clone().map(|of| view! { <div><dt>{m.takes_back}</dt><dd data-testid="of-invoice">{of}</dd></div> })}
                {email.map(|email| view! { <div><dt>{m.buyer}</dt><dd class="break">{email}</dd></div> })}
            </dl>
            <table class="invoice-lines">
                <thead><tr><th scope="col">{m.item}</th><th scope="col">{m.amount}</th></tr></thead>
                <tbody>
                    <tr><th scope="row">{(m.line)(&plan_name(&invoice.plan), &period(invoice.months))}</th><td><Amount smallest=if is_taxed { invoice.base } else { invoice.total } currency=currency.clone()/></td></tr>
                    {rows}
                </tbody>
                <tfoot><tr><th scope="row">{if is_credit { m.total_back } else { m.total }}</th><td data-testid="invoice-total"><Amount smallest=invoice.total currency/></td></tr></tfoot>
            </table>
        </article>
        <div class="row not-on-paper">
            <button class="btn btn-primary with-script" type="button" data-testid="print"><Icon name="doc"/>{m.print}</button>
            <ToBilling/>
        </div>
    }
    .into_any()
}

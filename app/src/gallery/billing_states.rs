//! Plans, billing and orders, in every state.

use sealdrop_api::{
    EmailText, InvoiceId, Limits, OrderId,
    account::{Account, Notices},
    billing::{Entitlement, Invoice, InvoiceKind, Order, OrderState, Plan},
};
use time::{Duration, OffsetDateTime};

use crate::{
    billing::{Allowance, BillingPage, Buyer, Drawing, OrderPage, Overview, PlansPage, Purpose},
    engine,
    visitor::Notice,
};

const EMAIL: &str = "meera.venkataraman@kavalu-architects.example";
const GB: u64 = 1_000_000_000;

fn at(days: i64) -> OffsetDateTime {
    let now = OffsetDateTime::from_unix_timestamp_nanos((engine::now_ms() as i128) * 1_000_000);
    now.unwrap_or(OffsetDateTime::UNIX_EPOCH) + Duration::days(days)
}

fn limits(max_link_bytes: u64) -> Limits {
    Limits {
        guest: true,
        max_link_bytes,
        default_expires_in: 7 * 86_400,
        min_expires_in: 300,
        max_expires_in: 30 * 86_400,
        default_downloads: 10,
        max_downloads: 100,
        sign_window: 16,
    }
}

fn plan(name: &str, price: u64, months: u32) -> Plan {
    Plan {
        name: name.to_owned(),
        price,
        currency: "INR".to_owned(),
        months,
        storage_bytes: if months == 1 { 100 * GB } else { 1_000 * GB },
        max_link_bytes: Some(50 * GB),
        max_expires_in: Some(90 * 86_400),
        max_downloads: None,
    }
}

fn buyer(used: u64, is_paid: bool, is_cancelled: bool) -> Buyer {
    let held = Entitlement {
        plan: "plus".to_owned(),
        ends_at: at(23),
        is_cancelled,
    };
    Buyer {
        account: Account {
            email: EmailText(EMAIL.to_owned()),
            plan: if is_paid { "plus" } else { "free" }.to_owned(),
            created_at: at(-200),
            used_bytes: used,
            reserved_bytes: 0,
            quota_bytes: if is_paid { 100 * GB } else { 10 * GB },
            notices: Notices {
                new_device: true,
                link_downloaded: false,
                link_unused: false,
                storage: true,
                daily: false,
            },
        },
        entitlements: if is_paid { vec![held] } else { Vec::new() },
    }
}

fn drawing(page: BillingPage, notice: Option<Notice>) -> Drawing {
    Drawing {
        page,
        email: Some(EMAIL.to_owned()),
        notice,
    }
}

fn plans_page(user: Option<Buyer>, plans: Vec<Plan>) -> BillingPage {
    BillingPage::Plans(Box::new(PlansPage {
        guest: limits(2 * GB),
        free: Allowance {
            storage_bytes: 10 * GB,
            limits: limits(10 * GB),
        },
        plans,
        user,
    }))
}

fn sold() -> Vec<Plan> {
    vec![plan("plus", 9_900, 1), plan("studio", 12_345_600, 12)]
}

pub(super) fn plans_guest() -> Drawing {
    Drawing {
        page: plans_page(None, sold()),
        email: None,
        notice: None,
    }
}

pub(super) fn plans_held() -> Drawing {
    drawing(plans_page(Some(buyer(4 * GB, true, false)), sold()), None)
}

pub(super) fn plans_none() -> Drawing {
    drawing(
        plans_page(Some(buyer(0, false, false)), Vec::new()),
        Some(Notice::PlanGone),
    )
}

fn order(state: OrderState) -> Order {
    Order {
        order_id: OrderId([7; 16]),
        plan: plan("plus", 9_900, 1),
        state,
        pay_url: (state == OrderState::Open).then(|| "https://rzp.io/rzp/example".to_owned()),
        created_at: at(-1),
        expires_at: at(1),
    }
}

fn invoice(kind: InvoiceKind, is_taxed: bool) -> Invoice {
    let of_invoice = (kind == InvoiceKind::CreditNote).then(|| "INV/26-27/000041".to_owned());
    Invoice {
        invoice_id: InvoiceId([9; 16]),
        number: if of_invoice.is_some() {
            "CN/26-27/000003"
        } else {
            "INV/26-27/000041"
        }
        .to_owned(),
        kind,
        of_invoice,
        order_id: OrderId([7; 16]),
        issued_at: at(-1),
        seller: [
            "Kavalu Software Private Limited",
            "12 Church Street",
            "Bengaluru 560001",
        ]
        .map(ToOwned::to_owned)
        .to_vec(),
        gstin: is_taxed.then(|| "29AAAAA0000A1Z5".to_owned()),
        plan: "plus".to_owned(),
        months: 1,
        currency: "INR".to_owned(),
        total: 9_900,
        base: if is_taxed { 8_390 } else { 9_900 },
        cgst: if is_taxed { 755 } else { 0 },
        sgst: if is_taxed { 755 } else { 0 },
        igst: 0,
        tax_rate: if is_taxed { 1_800 } else { 0 },
    }
}

fn overview(buyer: Buyer, orders: Vec<Order>, invoices: Vec<Invoice>) -> BillingPage {
    BillingPage::Overview(Box::new(Overview {
        buyer,
        free_bytes: 10 * GB,
        orders,
        invoices,
    }))
}

pub(super) fn billing_new() -> Drawing {
    drawing(overview(buyer(0, false, false), Vec::new(), Vec::new()), None)
}

pub(super) fn billing_paid() -> Drawing {
    let orders = [OrderState::Open, OrderState::Granted, OrderState::Refunded].map(order);
    let invoices = [InvoiceKind::CreditNote, InvoiceKind::Invoice].map(|kind| invoice(kind, true));
    drawing(
        overview(buyer(41 * GB, true, false), orders.to_vec(), invoices.to_vec()),
        Some(Notice::OrderPaid),
    )
}

pub(super) fn billing_cancelled() -> Drawing {
    let page = overview(
        buyer(4 * GB, true, true),
        vec![order(OrderState::Granted)],
        vec![invoice(InvoiceKind::Invoice, false)],
    );
    drawing(page, Some(Notice::PlanCancelled))
}

pub(super) fn billing_read_only() -> Drawing {
    drawing(
        overview(
            buyer(41 * GB, false, false),
            vec![order(OrderState::Granted)],
            Vec::new(),
        ),
        None,
    )
}

fn order_page(state: OrderState, purpose: Purpose) -> Drawing {
    let is_granted = state == OrderState::Granted;
    let page = OrderPage {
        order: order(state),
        purpose,
        ends_at_ms: is_granted.then(|| engine::now_ms() + 30.0 * 86_400_000.0),
        invoice: is_granted.then(|| invoice(InvoiceKind::Invoice, true)),
    };
    drawing(BillingPage::Order(Box::new(page)), None)
}

pub(super) fn order_preparing() -> Drawing {
    order_page(OrderState::Preparing, Purpose::Pay)
}

pub(super) fn order_to_pay() -> Drawing {
    order_page(OrderState::Open, Purpose::Pay)
}

pub(super) fn order_pending() -> Drawing {
    order_page(OrderState::Open, Purpose::Return)
}

pub(super) fn order_granted() -> Drawing {
    order_page(OrderState::Granted, Purpose::Return)
}

pub(super) fn order_cancelled() -> Drawing {
    order_page(OrderState::Cancelled, Purpose::Return)
}

pub(super) fn order_expired() -> Drawing {
    order_page(OrderState::Expired, Purpose::Return)
}

pub(super) fn order_refunding() -> Drawing {
    order_page(OrderState::Refunding, Purpose::Return)
}

pub(super) fn order_refunded() -> Drawing {
    order_page(OrderState::Refunded, Purpose::Return)
}

pub(super) fn invoice_taxed() -> Drawing {
    drawing(
        BillingPage::Invoice(Box::new(invoice(InvoiceKind::Invoice, true))),
        None,
    )
}

pub(super) fn credit_note() -> Drawing {
    drawing(
        BillingPage::Invoice(Box::new(invoice(InvoiceKind::CreditNote, false))),
        None,
    )
}

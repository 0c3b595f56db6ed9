//! What a page of payments shows, read for who is signed in.

use sealdrop_api::{
    InvoiceId, OrderId, ProblemType,
    billing::{InvoiceKind, OrderState},
};
use sealdrop_app::billing::{Allowance, BillingPage, Buyer, OrderPage, Overview, PlansPage, Purpose};
use sealdrop_service::{ServiceError, Signed};
use url::form_urlencoded;

use crate::state::AppState;

/// Which page.
pub(super) enum Asked {
    Plans,
    Overview,
    Order(String, Purpose),
    Invoice(String),
}

impl Asked {
    /// `?pay=ID` is an order that is to be paid, `?order=ID` one that its user comes back to.
    pub(super) fn of_query(query: &str) -> Self {
        form_urlencoded::parse(query.as_bytes())
            .find_map(|(name, value)| match &*name {
                "pay" => Some(Self::Order(value.into_owned(), Purpose::Pay)),
                "order" => Some(Self::Order(value.into_owned(), Purpose::Return)),
                _ => None,
            })
            .unwrap_or(Self::Overview)
    }
}

/// The page, and the address of who is signed in. Nothing where it names what is not theirs.
pub(super) async fn page(
    state: &AppState,
    signed: Option<&Signed>,
    asked: Asked,
) -> Result<Option<(BillingPage, Option<String>)>, ServiceError> {
    let buyer = match signed {
        Some(signed) => Some(buyer(state, signed).await?),
        None => None,
    };
    let email = buyer.as_ref().map(|(buyer, _)| buyer.account.email.0.clone());
    let page = match (asked, signed, buyer) {
        (Asked::Plans, _, buyer) => Some(plans(state, buyer.map(|(buyer, _)| buyer)).await?),
        (Asked::Overview, Some(signed), Some((buyer, orders))) => {
            let (free_bytes, _) = state.service.free_allowance().await?;
            let invoices = state.service.list_invoices(signed).await?.invoices;
            Some(BillingPage::Overview(Box::new(Overview {
                buyer,
                free_bytes,
                orders,
                invoices,
            })))
        }
        (Asked::Order(id, purpose), Some(signed), Some((buyer, _))) => {
            order(state, signed, &buyer, &id, purpose).await?
        }
        (Asked::Invoice(id), Some(signed), _) => match id.parse::<InvoiceId>() {
            Err(_) => None,
            Ok(id) => theirs(
                state.service.get_invoice(signed, id).await,
                ProblemType::InvoiceNotFound,
            )?
            .map(|invoice| BillingPage::Invoice(Box::new(invoice))),
        },
        _ => None,
    };
    Ok(page.map(|page| (page, email)))
}

async fn buyer(state: &AppState, signed: &Signed) -> Result<(Buyer, Vec<sealdrop_api::billing::Order>), ServiceError> {
    let account = state.service.get_account(signed).await?;
    let list = state.service.list_orders(signed).await?;
    let buyer = Buyer {
        account,
        entitlements: list.entitlements,
    };
    Ok((buyer, list.orders))
}

async fn plans(state: &AppState, user: Option<Buyer>) -> Result<BillingPage, ServiceError> {
    let (storage_bytes, limits) = state.service.free_allowance().await?;
    Ok(BillingPage::Plans(Box::new(PlansPage {
        guest: state.service.limits(),
        free: Allowance { storage_bytes, limits },
        plans: state.service.list_plans().await?.plans,
        user,
    })))
}

async fn order(
    state: &AppState,
    signed: &Signed,
    buyer: &Buyer,
    id: &str,
    purpose: Purpose,
) -> Result<Option<BillingPage>, ServiceError> {
    let Ok(id) = id.parse::<OrderId>() else {
        return Ok(None);
    };
    let Some(order) = theirs(state.service.get_order(signed, id).await, ProblemType::OrderNotFound)? else {
        return Ok(None);
    };
    let kind = match order.state {
        OrderState::Granted => InvoiceKind::Invoice,
        _ => InvoiceKind::CreditNote,
    };
    let invoices = state.service.list_invoices(signed).await?.invoices;
    let mut invoices = invoices.into_iter();
    let invoice = invoices.find(|invoice| invoice.order_id == id && invoice.kind == kind);
    let mut held = buyer.entitlements.iter().filter(|held| held.plan == order.plan.name);
    let ends_at_ms = held
        .next()
        .map(|held| held.ends_at.unix_timestamp())
        .and_then(|seconds| u32::try_from(seconds).ok())
        .map(|seconds| f64::from(seconds) * 1000.0);
    Ok(Some(BillingPage::Order(Box::new(OrderPage {
        order,
        purpose,
        ends_at_ms,
        invoice,
    }))))
}

/// Nothing where it is not theirs, or not there.
fn theirs<T>(found: Result<T, ServiceError>, missing: ProblemType) -> Result<Option<T>, ServiceError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(ServiceError::Problem(problem)) if problem.kind == missing => Ok(None),
        Err(error) => Err(error),
    }
}

//! Payments, their refunds and disputes.

use serde_json::{Value, json};
use url::Url;

use super::{client::Razorpay, links::PAGE, links::next, refusal::Asked, wire};
use crate::{
    entities::{Dispute, NewRefund, OrderId, Payment, PaymentId, Refund, RefundId},
    error::PaymentError,
    provider::{Page, Period},
};

pub(super) async fn get(razorpay: &Razorpay, id: &PaymentId) -> Result<Payment, PaymentError> {
    let answer = razorpay.http.get(razorpay.url(&["payments", id.as_str()])).await?;
    let payment = wire::payment(&answer).filter(|payment| payment.id == *id);
    payment.ok_or(PaymentError::Unreadable("no payment"))
}

pub(super) async fn list(razorpay: &Razorpay, period: Period, skip: u32) -> Result<Page<Payment>, PaymentError> {
    let mut url = razorpay.url(&["payments"]);
    url.query_pairs_mut()
        .append_pair("from", &period.from.unix_timestamp().to_string())
        .append_pair("to", &period.to.unix_timestamp().to_string());
    page(razorpay, url, skip, wire::payment).await
}

pub(super) async fn of_order(razorpay: &Razorpay, id: &OrderId) -> Result<Vec<Payment>, PaymentError> {
    let url = razorpay.url(&["orders", id.as_str(), "payments"]);
    Ok(page(razorpay, url, 0, wire::payment).await?.items)
}

pub(super) async fn disputes(razorpay: &Razorpay, skip: u32) -> Result<Page<Dispute>, PaymentError> {
    page(razorpay, razorpay.url(&["disputes"]), skip, wire::dispute).await
}

pub(super) async fn refund(razorpay: &Razorpay, new: &NewRefund) -> Result<Refund, PaymentError> {
    if new.amount.paise() < 1 {
        return Err(PaymentError::Invalid("a refund of nothing"));
    }
    let url = razorpay.url(&["payments", new.payment.as_str(), "refund"]);
    let body = json!({
        "amount": new.amount.paise(),
        "speed": "normal",
        "receipt": new.key.as_str(),
        "notes": new.notes,
    });
    let key = Some(new.key.as_str());
    let answer = razorpay.http.post(Asked::Refund, url, &body, key).await?;
    let refund = wire::refund(&answer).filter(|refund| refund.payment == new.payment);
    refund.ok_or(PaymentError::Unreadable("no refund"))
}

pub(super) async fn get_refund(razorpay: &Razorpay, id: &RefundId) -> Result<Refund, PaymentError> {
    let answer = razorpay.http.get(razorpay.url(&["refunds", id.as_str()])).await?;
    let refund = wire::refund(&answer).filter(|refund| refund.id == *id);
    refund.ok_or(PaymentError::Unreadable("no refund"))
}

pub(super) async fn refunds(razorpay: &Razorpay, id: &PaymentId) -> Result<Vec<Refund>, PaymentError> {
    let url = razorpay.url(&["payments", id.as_str(), "refunds"]);
    Ok(page(razorpay, url, 0, wire::refund).await?.items)
}

/// One that cannot be read makes the whole page unreadable: a list that is short by one would be believed.
async fn page<T>(
    razorpay: &Razorpay,
    mut url: Url,
    skip: u32,
    read: fn(&Value) -> Option<T>,
) -> Result<Page<T>, PaymentError> {
    url.query_pairs_mut()
        .append_pair("count", &PAGE.to_string())
        .append_pair("skip", &skip.to_string());
    let answer = razorpay.http.get(url).await?;
    let items = wire::items(&answer).ok_or(PaymentError::Unreadable("no list"))?;
    let read = items.iter().map(read).collect::<Option<Vec<T>>>();
    Ok(Page {
        items: read.ok_or(PaymentError::Unreadable("an item of a list"))?,
        next: next(items.len(), skip),
    })
}

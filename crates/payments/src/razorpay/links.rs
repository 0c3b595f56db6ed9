//! Payment links.

use serde_json::{Value, json};

use super::{client::Razorpay, refusal::Asked, wire};
use crate::{
    entities::{LinkId, LinkStatus, NewPaymentLink, PaymentLink, ReferenceId},
    error::PaymentError,
    provider::Page,
};

/// The least that can be paid (paise).
const MIN_AMOUNT: i64 = 100;
/// Items of a page: the most that the API gives.
pub(super) const PAGE: u32 = 100;
/// Pages that are looked through for a link that the API says exists and does not find by its reference.
const MAX_PAGES: u32 = 10;

pub(super) async fn create(razorpay: &Razorpay, new: &NewPaymentLink) -> Result<PaymentLink, PaymentError> {
    if new.amount.paise() < MIN_AMOUNT {
        return Err(PaymentError::Invalid("an amount below 100 paise"));
    }
    if new.description.chars().count() > 2048 {
        return Err(PaymentError::Invalid("a description of more than 2,048 characters"));
    }
    let url = razorpay.url(&["payment_links"]);
    let answer = razorpay.http.post(Asked::CreateLink, url, &body(new), None).await;
    let refused = match answer.and_then(|value| wire::link(&value).ok_or(UNREADABLE)) {
        Ok(link) => return Ok(link),
        Err(error) => error,
    };
    let found = match &refused {
        PaymentError::ReferenceExists => search(razorpay, &new.reference).await?,
        // It may have been made, and the answer lost. If that cannot be found out now, the next request finds it.
        PaymentError::Away { .. } | PaymentError::TimedOut | PaymentError::Unreadable(_) => {
            find(razorpay, &new.reference).await.unwrap_or_default()
        }
        _ => None,
    };
    match found {
        Some(link) if link.amount == new.amount => Ok(link),
        Some(_) => Err(PaymentError::ReferenceExists),
        None => Err(refused),
    }
}

const UNREADABLE: PaymentError = PaymentError::Unreadable("no payment link");

/// Neither address nor number of the payer: the page does not take them over, and nobody is written to by somebody else.
fn body(new: &NewPaymentLink) -> Value {
    let mut body = json!({
        "amount": new.amount.paise(),
        "currency": new.amount.currency().as_str(),
        "accept_partial": false,
        "reference_id": new.reference.as_str(),
        "description": new.description,
        "notify": {"sms": false, "email": false},
        "reminder_enable": false,
        "notes": new.notes,
        "callback_url": new.callback_url,
        "callback_method": "get",
    });
    if let Some(at) = new.expires_at {
        body["expire_by"] = json!(at.unix_timestamp());
    }
    body
}

/// Asks by the reference, and believes only what it gets: other links in the answer are passed over.
pub(super) async fn find(razorpay: &Razorpay, reference: &ReferenceId) -> Result<Option<PaymentLink>, PaymentError> {
    let mut url = razorpay.url(&["payment_links"]);
    url.query_pairs_mut().append_pair("reference_id", reference.as_str());
    let answer = razorpay.http.get(url).await?;
    let items = wire::items(&answer).ok_or(PaymentError::Unreadable("no list of payment links"))?;
    let mut links = items.iter().filter_map(wire::link);
    Ok(links.find(|link| link.reference.as_ref() == Some(reference)))
}

/// The same for a link of which it is known that it exists: if the API does not find it, its newest links are looked through.
async fn search(razorpay: &Razorpay, reference: &ReferenceId) -> Result<Option<PaymentLink>, PaymentError> {
    if let Some(link) = find(razorpay, reference).await? {
        return Ok(Some(link));
    }
    let mut skip = 0;
    for _ in 0..MAX_PAGES {
        let page = list(razorpay, reference.as_str(), skip).await?;
        let same = |link: &PaymentLink| link.reference.as_ref() == Some(reference);
        if let Some(link) = page.items.into_iter().find(same) {
            return Ok(Some(link));
        }
        match page.next {
            Some(next) => skip = next,
            None => break,
        }
    }
    Ok(None)
}

pub(super) async fn get(razorpay: &Razorpay, id: &LinkId) -> Result<PaymentLink, PaymentError> {
    let answer = razorpay.http.get(razorpay.url(&["payment_links", id.as_str()])).await?;
    wire::link(&answer).filter(|link| link.id == *id).ok_or(UNREADABLE)
}

pub(super) async fn cancel(razorpay: &Razorpay, id: &LinkId) -> Result<PaymentLink, PaymentError> {
    let url = razorpay.url(&["payment_links", id.as_str(), "cancel"]);
    let answer = razorpay.http.post(Asked::CancelLink, url, &json!({}), None).await;
    match answer {
        Ok(value) => wire::link(&value).filter(|link| link.id == *id).ok_or(UNREADABLE),
        // An earlier request may have cancelled it, and its answer got lost.
        Err(PaymentError::LinkNotCancellable(refusal)) => match get(razorpay, id).await? {
            link if link.status == LinkStatus::Cancelled => Ok(link),
            _ => Err(PaymentError::LinkNotCancellable(refusal)),
        },
        Err(error) => Err(error),
    }
}

pub(super) async fn list(razorpay: &Razorpay, prefix: &str, skip: u32) -> Result<Page<PaymentLink>, PaymentError> {
    let mut url = razorpay.url(&["payment_links"]);
    url.query_pairs_mut()
        .append_pair("count", &PAGE.to_string())
        .append_pair("skip", &skip.to_string());
    let answer = razorpay.http.get(url).await?;
    let items = wire::items(&answer).ok_or(PaymentError::Unreadable("no list of payment links"))?;
    let is_ours = |link: &PaymentLink| {
        let reference = link.reference.as_ref();
        reference.is_some_and(|reference| reference.as_str().starts_with(prefix))
    };
    Ok(Page {
        items: items.iter().filter_map(wire::link).filter(is_ours).collect(),
        next: next(items.len(), skip),
    })
}

/// Where the next page begins. Less than a whole page is the last one.
pub(super) fn next(length: usize, skip: u32) -> Option<u32> {
    let length = u32::try_from(length).ok()?;
    (length >= PAGE).then(|| skip.checked_add(length)).flatten()
}

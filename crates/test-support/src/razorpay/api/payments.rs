//! `/payments`, `/refunds` and `/disputes`

use serde_json::{Map, Value, json};

use super::{
    super::{
        account::{Account, Payment, Refund, new_id},
        render,
        settings::RefundRefusal,
    },
    check, orders,
    reply::{Query, Refused, page},
};

pub(super) fn list(account: &Account, mode: &str, query: &Query<'_>) -> Result<Value, Refused> {
    let (from, to) = (
        query.number("from")?.unwrap_or(0),
        query.number("to")?.unwrap_or(i64::MAX),
    );
    let fits = |payment: &&Payment| payment.mode == mode && (from..=to).contains(&payment.created_at);
    let payments = account.payments.iter().filter(fits);
    page(
        "items",
        payments
            .map(|payment| render::payment(&account.settings, payment))
            .collect(),
        query,
    )
}

pub(super) fn of_order(account: &Account, mode: &str, id: &str) -> Result<Value, Refused> {
    let order = orders::find(account, mode, id)?;
    let payments = account.payments.iter().filter(|payment| payment.order == order.id);
    let items: Vec<Value> = payments
        .map(|payment| render::payment(&account.settings, payment))
        .collect();
    Ok(json!({"entity": "collection", "count": items.len(), "items": items}))
}

pub(super) fn get(account: &Account, mode: &str, id: &str) -> Result<Value, Refused> {
    Ok(render::payment(
        &account.settings,
        &account.payments[place(account, mode, id)?],
    ))
}

fn place(account: &Account, mode: &str, id: &str) -> Result<usize, Refused> {
    let place = account
        .payments
        .iter()
        .position(|payment| payment.id == id && payment.mode == mode);
    place.ok_or_else(|| Refused::new("The id provided does not exist"))
}

pub(super) fn capture(account: &mut Account, mode: &str, id: &str, body: &Value) -> Result<Value, Refused> {
    let place = place(account, mode, id)?;
    let object = check::object(body, &["amount", "currency"])?;
    let (amount, payment) = (check::amount(object)?, &account.payments[place]);
    if payment.status != "authorized" {
        return Err(Refused::new(
            "Only payments which have been authorized and not yet captured can be captured",
        ));
    }
    if amount != payment.amount {
        return Err(Refused::field(
            "amount",
            "Capture amount must be equal to the amount authorized",
        ));
    }
    account.capture(place);
    Ok(render::payment(&account.settings, &account.payments[place]))
}

pub(super) fn refund(
    account: &mut Account,
    mode: &'static str,
    id: &str,
    body: &Value,
    key: Option<&str>,
) -> Result<Value, Refused> {
    let place = place(account, mode, id)?;
    let object = check::object(body, &["amount", "speed", "notes", "receipt"])?;
    let is_key = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if key.is_some_and(|key| key.len() < 10 || !key.bytes().all(is_key)) {
        return Err(Refused::new("The idempotency key is invalid."));
    }
    let same = |refund: &&Refund| {
        refund.payment == id
            && refund
                .key
                .as_ref()
                .is_some_and(|(known, _)| Some(known.as_str()) == key)
    };
    if let Some(refund) = account.refunds.iter().find(same) {
        return match &refund.key {
            Some((_, first)) if first == body => Ok(render::refund(&account.settings, refund)),
            _ => Err(Refused::new(
                "Different request body sent for the same Idempotency Header",
            )),
        };
    }
    let amount = refundable(account, place, object)?;
    if account.is_full() {
        return Err(Refused::new("The double is full."));
    }
    let refund = Refund {
        id: new_id("rfnd_"),
        mode,
        payment: id.to_owned(),
        amount,
        currency: account.payments[place].currency.clone(),
        status: if account.settings.refunds_stay_pending {
            "pending"
        } else {
            "processed"
        },
        receipt: check::text(object, "receipt", 64)?,
        notes: check::notes(object)?,
        key: key.map(|key| (key.to_owned(), body.clone())),
        created_at: account.now(),
    };
    let payment = &mut account.payments[place];
    payment.refunded += amount;
    if payment.refunded == payment.amount {
        payment.status = "refunded";
    }
    account.refunds.push(refund.clone());
    let last = account.refunds.len() - 1;
    account.tell_of_refund("refund.created", last);
    if refund.status == "processed" {
        account.tell_of_refund("refund.processed", last);
    }
    Ok(render::refund(&account.settings, &refund))
}

/// How much of a payment is to be paid back, if it can be.
fn refundable(account: &mut Account, place: usize, object: &Map<String, Value>) -> Result<i64, Refused> {
    let payment = &account.payments[place];
    let left = payment.amount - payment.refunded;
    let amount = if object.contains_key("amount") {
        check::amount(object)?
    } else {
        left
    };
    if !matches!(payment.status, "captured" | "refunded") {
        return Err(Refused::new(
            "The payment status should be captured for action to be taken",
        ));
    }
    if left == 0 {
        return Err(Refused::new("The payment has been fully refunded already"));
    }
    if amount > left {
        return Err(Refused::field(
            "amount",
            "The refund amount provided is greater than amount captured",
        ));
    }
    if account.settings.refund_refusals > 0 {
        account.settings.refund_refusals -= 1;
        return Err(Refused::new(match account.settings.refund_refusal {
            RefundRefusal::Balance => "Your account does not have enough balance to carry out the refund operation.",
            RefundRefusal::Vague => "invalid request sent",
        }));
    }
    Ok(amount)
}

pub(super) fn get_refund(account: &Account, mode: &str, payment: Option<&str>, id: &str) -> Result<Value, Refused> {
    let fits = |refund: &&Refund| {
        refund.id == id && refund.mode == mode && payment.is_none_or(|payment| refund.payment == payment)
    };
    let refund = account.refunds.iter().find(fits);
    let refund = refund.ok_or_else(|| Refused::new("The id provided does not exist"))?;
    Ok(render::refund(&account.settings, refund))
}

pub(super) fn refunds(
    account: &Account,
    mode: &str,
    payment: Option<&str>,
    query: &Query<'_>,
) -> Result<Value, Refused> {
    if let Some(id) = payment {
        place(account, mode, id)?;
    }
    let fits = |refund: &&Refund| refund.mode == mode && payment.is_none_or(|payment| refund.payment == payment);
    let refunds = account.refunds.iter().filter(fits);
    page(
        "items",
        refunds
            .map(|refund| render::refund(&account.settings, refund))
            .collect(),
        query,
    )
}

pub(super) fn disputes(account: &Account, mode: &str, query: &Query<'_>) -> Result<Value, Refused> {
    let disputes = account.disputes.iter().filter(|dispute| dispute.mode == mode);
    page("items", disputes.map(render::dispute).collect(), query)
}

pub(super) fn get_dispute(account: &Account, mode: &str, id: &str) -> Result<Value, Refused> {
    let dispute = account
        .disputes
        .iter()
        .find(|dispute| dispute.id == id && dispute.mode == mode);
    let dispute = dispute.ok_or_else(|| Refused::new("The id provided does not exist"))?;
    Ok(render::dispute(dispute))
}

//! `/payment_links`

use serde_json::{Map, Value, json};

use super::{
    super::{
        account::{Account, Link, Order, new_id},
        render,
    },
    check,
    reply::{Query, Refused, page},
};

/// Seconds: a link lives at least a quarter of an hour, and at most six months.
const SHORTEST: i64 = 15 * 60;
const LONGEST: i64 = 184 * 86_400;
const KEYS: [&str; 17] = [
    "amount",
    "currency",
    "accept_partial",
    "first_min_partial_amount",
    "upi_link",
    "description",
    "customer",
    "expire_by",
    "reference_id",
    "notify",
    "reminder_enable",
    "notes",
    "callback_url",
    "callback_method",
    "options",
    "hold_by",
    "expired_at",
];

pub(super) fn create(account: &mut Account, mode: &'static str, body: &Value) -> Result<Value, Refused> {
    let object = check::object(body, &KEYS)?;
    let (amount, currency) = (check::amount(object)?, check::currency(object)?);
    let reference = check::text(object, "reference_id", 40)?.filter(|reference| !reference.is_empty());
    let description = check::text(object, "description", 2048)?.unwrap_or_default();
    let (notes, expire_by) = (check::notes(object)?, expire_by(account, object)?);
    let callback_url = callback_url(object)?;
    let of_mode = || account.links.iter().filter(|link| link.mode == mode);
    if let Some(taken) = reference
        .as_ref()
        .filter(|taken| of_mode().any(|link| link.reference.as_ref() == Some(*taken)))
    {
        return Err(Refused::new(format!(
            "payment link with given reference_id: {taken} already exists. Please create a payment link with a different reference_id"
        )));
    }
    if account
        .settings
        .link_limit
        .is_some_and(|most| of_mode().count() >= most)
        || account.is_full()
    {
        return Err(Refused::new(
            "You have reached the limit of payment links in test mode.",
        ));
    }
    let now = account.now();
    let order = Order {
        id: new_id("order_"),
        mode,
        amount,
        amount_paid: 0,
        currency: currency.clone(),
        receipt: reference.clone(),
        notes: Map::new(),
        attempts: 0,
        created_at: now,
    };
    let link = Link {
        id: new_id("plink_"),
        mode,
        order: order.id.clone(),
        reference,
        amount,
        amount_paid: 0,
        currency,
        description,
        notes,
        callback_url,
        status: "created",
        expire_by,
        created_at: now,
        cancelled_at: 0,
    };
    account.orders.push(order);
    account.links.push(link.clone());
    Ok(render::link(account, &link))
}

fn expire_by(account: &Account, object: &Map<String, Value>) -> Result<i64, Refused> {
    let at = match object.get("expire_by") {
        None | Some(Value::Null) => return Ok(0),
        Some(at) => at
            .as_i64()
            .ok_or_else(|| Refused::field("expire_by", "The expire by must be an integer."))?,
    };
    let from_now = at - account.now();
    if from_now < SHORTEST {
        return Err(Refused::field(
            "expire_by",
            "expire_by should be at least 15 minutes after current time.",
        ));
    }
    if from_now > LONGEST {
        return Err(Refused::field(
            "expire_by",
            "expire_by should be at most 6 months after current time.",
        ));
    }
    Ok(at)
}

fn callback_url(object: &Map<String, Value>) -> Result<Option<String>, Refused> {
    let Some(address) = check::text(object, "callback_url", 2048)? else {
        return Ok(None);
    };
    let is_web = url::Url::parse(&address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if !is_web {
        return Err(Refused::field("callback_url", "The callback url format is invalid."));
    }
    if object.get("callback_method") != Some(&json!("get")) {
        return Err(Refused::field("callback_method", "The callback method must be get."));
    }
    Ok(Some(address))
}

pub(super) fn list(account: &Account, mode: &str, query: &Query<'_>) -> Result<Value, Refused> {
    let reference = query
        .text("reference_id")
        .filter(|_| !account.settings.ignores_reference);
    let fits = |link: &&Link| link.mode == mode && (reference.is_none() || link.reference == reference);
    let links = account
        .links
        .iter()
        .filter(fits)
        .map(|link| render::link(account, link));
    page("payment_links", links.collect(), query)
}

pub(super) fn get(account: &Account, mode: &str, id: &str) -> Result<Value, Refused> {
    Ok(render::link(account, &account.links[place(account, mode, id)?]))
}

pub(super) fn cancel(account: &mut Account, mode: &str, id: &str) -> Result<Value, Refused> {
    let place = place(account, mode, id)?;
    match account.links[place].status {
        "created" => account.end_link(place, "cancelled"),
        status => {
            return Err(Refused::new(format!(
                "Payment link cannot be cancelled: it is {status}"
            )));
        }
    }
    Ok(render::link(account, &account.links[place]))
}

fn place(account: &Account, mode: &str, id: &str) -> Result<usize, Refused> {
    let place = account.links.iter().position(|link| link.id == id && link.mode == mode);
    place.ok_or_else(|| Refused::new("The id provided does not exist"))
}

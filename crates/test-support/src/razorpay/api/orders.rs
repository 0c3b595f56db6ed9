//! `/orders`

use serde_json::{Value, json};

use super::{
    super::{
        account::{Account, Order, new_id},
        render,
    },
    check,
    reply::Refused,
};

pub(super) fn create(account: &mut Account, mode: &'static str, body: &Value) -> Result<Value, Refused> {
    let known = [
        "amount",
        "currency",
        "receipt",
        "notes",
        "partial_payment",
        "payment_capture",
        "unique_receipt",
    ];
    let object = check::object(body, &known)?;
    let (amount, currency) = (check::amount(object)?, check::currency(object)?);
    let receipt = check::text(object, "receipt", 40)?;
    let same = |order: &&Order| order.mode == mode && order.receipt.is_some() && order.receipt == receipt;
    if object.get("unique_receipt") == Some(&json!(true))
        && let Some(order) = account.orders.iter().find(same)
    {
        return Ok(render::order(&account.settings, order));
    }
    let notes = check::notes(object)?;
    let order = Order {
        id: new_id("order_"),
        mode,
        amount,
        amount_paid: 0,
        currency,
        receipt,
        notes,
        attempts: 0,
        created_at: account.now(),
    };
    account.orders.push(order.clone());
    Ok(render::order(&account.settings, &order))
}

pub(super) fn get(account: &Account, mode: &str, id: &str) -> Result<Value, Refused> {
    Ok(render::order(&account.settings, find(account, mode, id)?))
}

pub(super) fn find<'a>(account: &'a Account, mode: &str, id: &str) -> Result<&'a Order, Refused> {
    let order = account.orders.iter().find(|order| order.id == id && order.mode == mode);
    order.ok_or_else(|| Refused::new("The id provided does not exist"))
}

//! Mails about a payment, in the transaction that writes it down: each goes out once, and none for what was rolled back.

use sealdrop_mail::EmailAddress;

use super::orders::row::Order;
use crate::{
    auth::sql::first,
    error::InternalError,
    mails::{MailReason, NewMail, new_mail::enqueue_mail},
    store::{WriteTx, instant},
};

const DOING: &str = "telling a user of a payment";

/// What an order was paid for is granted, to the end that its entitlement says.
pub(super) async fn tell_paid(tx: &WriteTx, order: &Order, invoice: &str) -> Result<(), InternalError> {
    let sql = "SELECT ends_at FROM entitlements WHERE order_id = $1";
    let row = first(&**tx, DOING, sql, [order.id.to_vec().into()]).await?;
    let (Some(row), Some(address)) = (row, address(tx, order.user).await?) else {
        return Ok(());
    };
    let mail = NewMail::new(address, MailReason::PlanPaid)
        .of_user(&order.user)
        .of_paid_plan(&order.terms.plan, instant(row.get("ends_at")?), invoice);
    enqueue_mail(tx, mail).await.map(drop)
}

/// So much of a payment went back, in hundredths of the order's currency.
pub(super) async fn tell_returned(tx: &WriteTx, order: &Order, amount: i64) -> Result<(), InternalError> {
    let Some(address) = address(tx, order.user).await? else {
        return Ok(());
    };
    let amount = format!("{}.{:02} {}", amount / 100, amount % 100, order.terms.currency);
    let mail = NewMail::new(address, MailReason::PaymentReturned)
        .of_user(&order.user)
        .of_returned_payment(&order.terms.plan, &amount);
    enqueue_mail(tx, mail).await.map(drop)
}

/// Where the user has mail; nothing once the account is closed, which keeps no address.
async fn address(tx: &WriteTx, user: [u8; 16]) -> Result<Option<EmailAddress>, InternalError> {
    let sql = "SELECT address FROM users WHERE id = $1 AND closed_at IS NULL";
    let row = first(&**tx, DOING, sql, [user.to_vec().into()]).await?;
    let address: Option<String> = row.map(|row| row.get("address")).transpose()?;
    Ok(address.and_then(|address| EmailAddress::parse(&address).ok()))
}

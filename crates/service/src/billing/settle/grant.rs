//! Granting an order: the one place where somebody gets what they paid for.

use sealdrop_payments::Payment;

use crate::{
    auth::sql::execute,
    billing::{
        config::Seller,
        entitlements::derive,
        invoices::issue::invoice,
        ledger::{Entry, EntryKind},
        orders::{end_open::end_open, row::Order},
        tell::tell_paid,
    },
    error::ServiceError,
    store::WriteTx,
};

/// Grants an order for a payment, writes its invoice, and ends what the user has open for the same plan. The ledger takes one grant of
/// an order.
pub(super) async fn grant(tx: &WriteTx, order: &Order, payment: &Payment, seller: &Seller) -> Result<(), ServiceError> {
    let entry = Entry::new(EntryKind::Grant, order, order.terms.price)
        .once(payment.id.as_str())
        .of_payment(payment.id.as_str())
        .paid_at(payment.created_at);
    if !entry.add(tx).await? {
        return Ok(());
    }
    let invoice = invoice(tx, order, seller).await?;
    derive(tx, order.user).await?;
    tell_paid(tx, order, &invoice).await?;
    // Nobody shall pay twice.
    end_open(tx, order.user, Some(&order.terms.plan)).await?;
    let sql = "DELETE FROM plan_cancellations WHERE user_id = $1 AND plan = $2";
    let values = [order.user.to_vec().into(), (*order.terms.plan).into()];
    execute(&**tx, "taking up a plan again", sql, values).await?;
    Ok(())
}

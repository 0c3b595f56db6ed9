//! What was given back, as the provider says it.

use sealdrop_payments::Refund;

use crate::{
    billing::{
        invoices::issue::credit_note,
        ledger::{Entry, EntryKind, granted_payment},
        orders::row::Order,
        refunds::row,
        tell::tell_returned,
    },
    error::{InternalError, ServiceError},
    failpoint::reach,
    store::WriteTx,
};

/// Notes a refund that is done, whoever made it; whether it is new. One of a payment that was granted gets a credit note. The caller
/// derives what the user may use.
pub(crate) async fn note_refund(tx: &WriteTx, order: &Order, refund: &Refund) -> Result<bool, ServiceError> {
    let (id, payment) = (refund.id.as_str(), refund.payment.as_str());
    row::note_done(tx, id, refund.key.as_ref().map(|key| key.as_str())).await?;
    let entry = Entry::new(EntryKind::RefundDone, order, refund.amount.paise())
        .once(id)
        .of_payment(payment);
    if !entry.add(tx).await? {
        return Ok(false);
    }
    reach("refund.mid").await?;
    tell_returned(tx, order, refund.amount.paise()).await?;
    if granted_payment(&**tx, order.id).await?.as_deref() == Some(payment) {
        write_credit_note(tx, order, refund).await?;
    }
    Ok(true)
}

async fn write_credit_note(tx: &WriteTx, order: &Order, refund: &Refund) -> Result<(), InternalError> {
    // A credit note takes back what the invoice charged, not a fee that the provider added.
    let amount = refund.amount.paise().min(order.terms.price);
    let Some(number) = credit_note(tx, order, amount, refund.id.as_str()).await? else {
        return Ok(());
    };
    let entry = Entry::new(EntryKind::CreditNote, order, amount)
        .once(refund.id.as_str())
        .of_payment(refund.payment.as_str())
        .with_detail(number);
    entry.add(tx).await.map(drop)
}

//! Asking the provider.

use sealdrop_payments::{LinkId, Money, Payment, PaymentLink, PaymentStatus, Refund, RefundStatus};

use crate::{
    billing::{
        orders::row::{Order, hex},
        provider::{due, failed, reference},
    },
    error::{InternalError, ServiceError},
    service::Service,
};

/// What the provider says of an order.
pub(in crate::billing) struct Facts {
    pub(in crate::billing) link: PaymentLink,
    /// Whether what was asked for was paid, in our currency. The payment itself may be larger by the provider's fee.
    pub(in crate::billing) is_paid: bool,
    /// Payments that were taken, the first one first; also those that were given back since.
    pub(in crate::billing) captured: Vec<Payment>,
    /// Refunds of those that are done.
    pub(in crate::billing) refunds: Vec<Refund>,
}

/// Whether the link says that what is due was paid.
fn is_paid(link: &PaymentLink, due: Money) -> bool {
    let paid = link.amount_paid;
    link.amount == due && paid.currency() == due.currency() && paid.paise() >= due.paise()
}

impl Service {
    /// Nothing where no link was made.
    pub(in crate::billing) async fn ask_about(&self, order: &Order) -> Result<Option<Facts>, ServiceError> {
        let doing = "asking what became of an order";
        let provider = self.provider()?;
        let link = match order.link_id.as_deref().and_then(LinkId::parse) {
            Some(id) => Some(provider.link(&id).await.map_err(failed(doing))?),
            None => provider.find_link(&reference(order)?).await.map_err(failed(doing))?,
        };
        let Some(link) = link else { return Ok(None) };
        let is_paid = is_paid(&link, due(order)?);
        let mut captured = Vec::new();
        if link.amount_paid.paise() > 0 {
            captured = match &link.order {
                Some(order) => provider.order_payments(order).await.map_err(failed(doing))?,
                None => Vec::new(),
            };
            for id in &link.payments {
                if captured.iter().all(|payment| payment.id != *id) {
                    captured.push(provider.payment(id).await.map_err(failed(doing))?);
                }
            }
        }
        captured.retain(|one| matches!(one.status, PaymentStatus::Captured | PaymentStatus::Refunded));
        captured.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        if is_paid && captured.is_empty() {
            return Err(InternalError::transient(doing, "it is paid, and its payment is not listed yet").into());
        }
        if link.amount_paid.paise() > 0 && !is_paid {
            tracing::error!(
                order = %hex(order.id),
                paid = link.amount_paid.paise(),
                due = order.terms.price,
                "an order was paid with another amount and is not granted: `payments audit` names it"
            );
        }
        let mut refunds = Vec::new();
        for payment in captured.iter().filter(|payment| payment.amount_refunded.paise() > 0) {
            refunds.extend(provider.refunds(&payment.id).await.map_err(failed(doing))?);
        }
        refunds.retain(|refund| refund.status == RefundStatus::Processed);
        Ok(Some(Facts {
            link,
            is_paid,
            captured,
            refunds,
        }))
    }
}

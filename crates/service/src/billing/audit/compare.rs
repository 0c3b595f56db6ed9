//! The comparison: from the provider's links to our rows, and from our grants to the provider's payments.

use std::collections::BTreeSet;

use sealdrop_payments::{Money, PaymentLink};

use super::difference::{Difference, DifferenceKind, PaymentsAudit};
use crate::{
    auth::sql::{all, first},
    billing::{
        orders::row::{self, Order, PREFIX},
        provider::{due, failed},
        settle::Facts,
    },
    error::{InternalError, ServiceError},
    service::Service,
    store::unsigned,
};

const DOING: &str = "comparing payments with the provider";

impl Service {
    /// Lists every link of ours from the provider, and every grant from the database, and names what does not fit. With `repair` it is
    /// settled as it should have been, once: asking again finds nothing.
    ///
    /// # Errors
    /// `not-found` where nothing is sold; when the provider or the database fails.
    pub async fn audit_payments(&self, repair: bool) -> Result<PaymentsAudit, ServiceError> {
        let mut audit = PaymentsAudit::default();
        let mut captured = BTreeSet::new();
        let mut skip = Some(0);
        while let Some(from) = skip {
            let page = self.provider()?.links(PREFIX, from).await.map_err(failed(DOING))?;
            for link in &page.items {
                self.audit_link(link, repair, &mut audit, &mut captured).await?;
            }
            skip = page.next;
        }
        audit.captured = captured.len() as u64;
        self.audit_grants(&captured, &mut audit).await?;
        let sql = "SELECT COUNT(*) AS owed FROM refunds WHERE state <> 'done'";
        let owed = first(self.inner.store.reader(), DOING, sql, []).await?;
        audit.owed = unsigned(owed.map_or(Ok(0), |row| row.get("owed"))?);
        Ok(audit)
    }

    async fn audit_link(
        &self,
        link: &PaymentLink,
        repair: bool,
        audit: &mut PaymentsAudit,
        captured: &mut BTreeSet<String>,
    ) -> Result<(), ServiceError> {
        let Some(reference) = link.reference.as_ref().map(|one| one.as_str().to_owned()) else {
            return Ok(());
        };
        audit.links += 1;
        if link.amount_paid.paise() == 0 {
            return Ok(());
        }
        let found = row::find_by(self.inner.store.reader(), "o.reference = $1", (*reference).into()).await?;
        let is_missing = found.is_none();
        let order = match found {
            Some(order) => Some(order),
            None if repair => self.restore_order(link, &reference).await?,
            None => None,
        };
        let Some(order) = order else {
            audit.differences.push(Difference {
                kind: DifferenceKind::CapturedNoOrder,
                reference,
                provider_id: link.payments.first().map(ToString::to_string),
                amount: link.amount_paid.paise(),
                is_repaired: false,
            });
            return Ok(());
        };
        let Some(facts) = self.ask_about(&order).await? else {
            return Ok(());
        };
        captured.extend(facts.captured.iter().map(|payment| payment.id.as_str().to_owned()));
        let mut wrong = self.wrong_of(&order, &facts).await?;
        if repair && !wrong.is_empty() {
            self.settle_order(order.id).await?;
            let left = self.wrong_of(&order, &facts).await?;
            for one in &mut wrong {
                one.is_repaired = !left.iter().any(|other| other.provider_id == one.provider_id);
            }
        }
        if let (true, Some(first)) = (is_missing, wrong.first_mut()) {
            first.kind = DifferenceKind::CapturedNoOrder;
        }
        audit.differences.extend(wrong);
        Ok(())
    }

    /// What of an order is not in the database as the provider says it.
    async fn wrong_of(&self, order: &Order, facts: &Facts) -> Result<Vec<Difference>, ServiceError> {
        let reader = self.inner.store.reader();
        let difference = |kind, id: &str, amount: Money| Difference {
            kind,
            reference: order.reference.clone(),
            provider_id: Some(id.to_owned()),
            amount: amount.paise(),
            is_repaired: false,
        };
        let mut wrong = Vec::new();
        if !facts.is_paid {
            let id = facts.captured.first().map_or("", |payment| payment.id.as_str());
            tracing::debug!(due = due(order)?.paise(), "another amount was paid");
            wrong.push(difference(DifferenceKind::OtherAmount, id, facts.link.amount_paid));
            return Ok(wrong);
        }
        let settled = "SELECT id FROM ledger WHERE kind IN ('grant', 'refund-owed') AND payment_id = $1 LIMIT 1";
        for payment in &facts.captured {
            let id = payment.id.as_str();
            if first(reader, DOING, settled, [id.into()]).await?.is_none() {
                wrong.push(difference(DifferenceKind::CapturedNotSettled, id, payment.amount));
            }
        }
        let noted = "SELECT id FROM ledger WHERE kind = 'refund-done' AND provider_id = $1";
        for refund in &facts.refunds {
            let id = refund.id.as_str();
            if first(reader, DOING, noted, [id.into()]).await?.is_none() {
                wrong.push(difference(DifferenceKind::RefundNotNoted, id, refund.amount));
            }
        }
        Ok(wrong)
    }

    /// Grants for payments that the provider does not have.
    async fn audit_grants(&self, captured: &BTreeSet<String>, audit: &mut PaymentsAudit) -> Result<(), InternalError> {
        let mode = self
            .inner
            .payments
            .as_ref()
            .map_or("", |payments| payments.provider.mode().as_str());
        let sql = "SELECT g.payment_id, g.amount, o.reference FROM ledger AS g JOIN orders AS o ON o.id = g.order_id \
                   WHERE g.kind = 'grant' AND o.mode = $1 ORDER BY g.id";
        for row in all(self.inner.store.reader(), DOING, sql, [mode.into()]).await? {
            audit.granted += 1;
            let payment: String = row.get("payment_id")?;
            if !captured.contains(&payment) {
                audit.differences.push(Difference {
                    kind: DifferenceKind::GrantedNotCaptured,
                    reference: row.get("reference")?,
                    provider_id: Some(payment),
                    amount: row.get("amount")?,
                    is_repaired: false,
                });
            }
        }
        Ok(())
    }
}

//! What the provider is asked with, and what its failures are here.

use std::sync::Arc;

use sealdrop_api::ProblemType;
use sealdrop_payments::{Currency, Money, PaymentError, PaymentProvider, ReferenceId};

use super::{config::PaymentsConfig, orders::row::Order};
use crate::{
    error::{InternalError, ServiceError},
    service::Service,
};

impl Service {
    /// How money is taken.
    ///
    /// # Errors
    /// `not-found` where nothing is sold.
    pub(crate) fn payments(&self) -> Result<&PaymentsConfig, ServiceError> {
        self.inner.payments.as_ref().ok_or_else(|| ProblemType::NotFound.into())
    }

    /// Who takes it.
    pub(crate) fn provider(&self) -> Result<Arc<dyn PaymentProvider>, ServiceError> {
        Ok(Arc::clone(&self.payments()?.provider))
    }
}

/// A failure of the provider: `.map_err(failed("asking for a payment link"))`.
pub(crate) fn failed(doing: &'static str) -> impl Fn(PaymentError) -> InternalError {
    move |error| {
        if error.is_retryable() {
            InternalError::transient(doing, error)
        } else {
            InternalError::lasting(doing, error)
        }
    }
}

/// What is due for an order.
pub(crate) fn due(order: &Order) -> Result<Money, InternalError> {
    money(order.terms.price, &order.terms.currency)
}

/// An amount as the provider takes it.
pub(crate) fn money(amount: i64, currency: &str) -> Result<Money, InternalError> {
    let money = Currency::parse(currency).and_then(|currency| Money::new(amount, currency));
    money.ok_or_else(|| InternalError::lasting("reading an amount", "it is none"))
}

/// What the provider knows an order by.
pub(crate) fn reference(order: &Order) -> Result<ReferenceId, InternalError> {
    let reference = ReferenceId::parse(&order.reference);
    reference.ok_or_else(|| InternalError::lasting("reading an order", "its reference is none"))
}

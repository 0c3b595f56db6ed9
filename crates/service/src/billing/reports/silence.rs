//! A webhook that says nothing: the provider switches one off that was refused for a day, and tells nobody but its own dashboard.
//! Nothing is lost by it, because orders are looked at without it; but buyers wait longer for what they paid.

use crate::{
    auth::sql::first,
    error::{InternalError, ServiceError},
    service::Service,
};

/// Milliseconds after which an event of a payment is missed. The provider repeats events for a day, and sends the first at once.
const PATIENCE: i64 = 6 * 3_600_000;
/// Milliseconds by which the event may have come before the payment was written down here.
const BEFORE: i64 = 3_600_000;
/// Milliseconds for which a payment counts: events are kept for longer.
const WITHIN: i64 = 7 * 24 * 3_600_000;

impl Service {
    /// Whether the webhook does what it is for, or what to do. It does where nothing is sold, and where nothing was paid of late.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn webhook_state(&self) -> Result<Result<(), String>, InternalError> {
        if self.inner.payments.is_none() {
            return Ok(Ok(()));
        }
        // The newest rows first, and one is enough: neither statement reads more than what was added in six hours.
        let sql = format!(
            "SELECT c.at FROM ledger AS c WHERE c.kind = 'capture' AND c.at < {{now}} - {PATIENCE} AND c.at > {{now}} - {WITHIN} \
             AND NOT EXISTS (SELECT 1 FROM payment_events AS e WHERE e.received_at >= c.at - {BEFORE}) ORDER BY c.id DESC LIMIT 1"
        );
        let missed = first(
            self.inner.store.reader(),
            "looking for payments that no event told of",
            &sql,
            [],
        )
        .await?;
        Ok(match missed {
            None => Ok(()),
            Some(_) => Err(
                "payments were taken, and no event told of them for six hours: look at the webhook in Razorpay's dashboard \
                 (its address, its secret, whether it is switched off). What was paid is granted without it, only later"
                    .to_owned(),
            ),
        })
    }

    /// Says in the log that the webhook is silent.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn watch_webhook(&self) -> Result<(), ServiceError> {
        if let Err(why) = self.webhook_state().await? {
            tracing::error!(why, "the webhook of the payment provider is silent");
        }
        Ok(())
    }
}

//! Events of the provider go after 30 days: it sends none again that is older than seven.

use std::time::Duration;

use crate::{
    error::{InternalError, ServiceError},
    jobs::{BATCH, kind::Kind, queue::now},
    service::Service,
};

/// How often.
const EVERY: Duration = Duration::from_secs(24 * 3600);
/// Milliseconds for which one is kept that was handled.
const KEPT_FOR: i64 = 30 * 24 * 3_600_000;

pub(super) fn kind() -> Kind {
    Kind::every("forget_payment_events", EVERY, |service: Service| async move {
        service.forget_payment_events().await.map_err(ServiceError::from)
    })
}

impl Service {
    async fn forget_payment_events(&self) -> Result<(), InternalError> {
        let sql = format!(
            "DELETE FROM payment_events WHERE id IN (SELECT id FROM payment_events WHERE handled_at IS NOT NULL \
             AND received_at < {} - {KEPT_FOR} LIMIT {BATCH})",
            now(self.inner.store.backend())
        );
        self.run_in_steps("forgetting events of the provider", &sql, &[], BATCH, &mut 0)
            .await
    }
}

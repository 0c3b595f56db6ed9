//! Taking an event: one row, so that the provider is answered at once.

use sealdrop_api::ProblemType;
use sealdrop_payments::EventId;

use super::jobs;
use crate::{auth::sql::execute, error::ServiceError, failpoint::reach, jobs::queue::enqueue, service::Service};

/// Bytes of an event that are kept.
const MAX_BODY: usize = 256 << 10;

impl Service {
    /// Keeps an event of the provider, whose signature the caller has checked. A job does what follows from it. The same event again
    /// changes nothing.
    ///
    /// # Errors
    /// `not-found` where nothing is sold, `body-too-large`; when the database fails: then the provider sends it again.
    pub async fn take_payment_event(&self, id: &EventId, body: &[u8]) -> Result<(), ServiceError> {
        self.provider()?;
        if body.len() > MAX_BODY {
            return Err(ProblemType::BodyTooLarge.into());
        }
        reach("hook.before_insert").await?;
        let tx = self.inner.store.write().await?;
        let sql = "INSERT INTO payment_events (id, body, received_at) VALUES ($1, $2, {now}) ON CONFLICT DO NOTHING";
        let values = [id.as_str().into(), body.to_vec().into()];
        if execute(&*tx, "keeping an event of the provider", sql, values).await? == 1 {
            enqueue(&tx, jobs::of(id.as_str())?).await?;
        }
        tx.commit().await?;
        self.inner.wake.wake();
        Ok(reach("hook.after_insert").await?)
    }
}

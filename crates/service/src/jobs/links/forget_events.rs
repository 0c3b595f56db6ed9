//! What happened to links more than 90 days ago is forgotten.

use std::time::Duration;

use crate::{
    error::ServiceError,
    jobs::{BATCH, kind::Kind},
    links::timeline::{HOUR, KEPT_FOR},
    service::Service,
};

/// How often.
const EVERY: Duration = Duration::from_secs(3600);

pub(in crate::jobs) fn kind() -> Kind {
    Kind::every("forget_link_events", EVERY, |service: Service| async move {
        service.forget_link_events().await
    })
}

impl Service {
    /// By the clock that is trusted: one that jumps forgets nothing.
    pub(crate) async fn forget_link_events(&self) -> Result<(), ServiceError> {
        let oldest = self.steady_now().saturating_sub(KEPT_FOR).div_euclid(HOUR);
        let statement = format!(
            "DELETE FROM link_events WHERE (link_id, hour, kind) IN \
             (SELECT link_id, hour, kind FROM link_events WHERE hour <= {oldest} LIMIT {BATCH})"
        );
        let mut forgotten = 0;
        self.run_in_steps(
            "forgetting what happened to links",
            &statement,
            &[],
            BATCH,
            &mut forgotten,
        )
        .await?;
        if forgotten > 0 {
            self.inner.store.note_unclean();
            tracing::info!(forgotten, "what happened to links 90 days ago is forgotten");
        }
        Ok(())
    }

    /// What happened to the links of an account that was closed.
    pub(in crate::jobs) async fn forget_link_events_of(&self, user: [u8; 16]) -> Result<(), ServiceError> {
        let statement = format!(
            "DELETE FROM link_events WHERE (link_id, hour, kind) IN \
             (SELECT e.link_id, e.hour, e.kind FROM link_events AS e JOIN links AS l ON l.link_id = e.link_id \
              WHERE l.user_id = $1 LIMIT {BATCH})"
        );
        let mut forgotten = 0;
        let of_user = [user.to_vec().into()];
        self.run_in_steps(
            "forgetting what happened to links",
            &statement,
            &of_user,
            BATCH,
            &mut forgotten,
        )
        .await?;
        if forgotten > 0 {
            self.inner.store.note_unclean();
        }
        Ok(())
    }
}

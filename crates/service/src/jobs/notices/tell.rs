//! Tells one user at once what happened, unless that is for the mail of the next morning.

use crate::{
    auth::sql::first,
    jobs::kind::{JobResult, Kind},
    mails::MailReason,
    notices::tell_job::{self, Payload},
    service::Service,
};

/// Mails of notices to one user in a day; the rest is summed up in the next morning.
pub(in crate::jobs) const PER_DAY: i64 = 5;
/// Milliseconds of a day.
const DAY: i64 = 24 * 3600 * 1000;

pub(in crate::jobs) fn kind() -> Kind {
    Kind::once(tell_job::NAME, |service: Service, payload: Payload| async move {
        service.tell_user(payload.user).await
    })
}

impl Service {
    async fn tell_user(&self, user: [u8; 16]) -> JobResult {
        let sql = format!(
            "SELECT 1 AS now FROM users AS u WHERE u.id = $1 AND u.closed_at IS NULL AND u.notify_daily = 0 \
             AND (SELECT COUNT(*) FROM mails AS m WHERE m.user_id = u.id AND m.reason IN ({}) AND m.made_at > {{now}} - {DAY}) < {PER_DAY}",
            MailReason::names_of_notices()
        );
        let reader = self.inner.store.reader();
        let may_now = first(
            reader,
            "looking whether a notice goes out now",
            &sql,
            [user.to_vec().into()],
        )
        .await?;
        if may_now.is_some() {
            self.gather_notices(user).await?;
        }
        Ok(None)
    }
}

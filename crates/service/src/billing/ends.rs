//! The end of what was paid for: reminders, a mail when it is over, and a row of the ledger. Nothing is deleted: over the space that is
//! left, nothing more goes in, and what is there stays.

use sea_orm::Value;
use sealdrop_mail::EmailAddress;

use super::{
    ledger::{Entry, EntryKind},
    orders::row,
};
use crate::{
    auth::sql::{all, execute},
    error::{InternalError, ServiceError},
    mails::{MailReason, NewMail, new_mail::enqueue_mail},
    service::Service,
    store::instant,
};

/// Milliseconds before the end at which a reminder goes out.
const REMIND_BEFORE: i64 = 7 * 24 * 3_600_000;
/// Milliseconds after the end in which it is still worth a mail.
const TELL_WITHIN: i64 = 30 * 24 * 3_600_000;
/// Rows that one pass takes on.
const AT_ONCE: u32 = 200;

/// A mail about the end of a plan.
#[derive(Clone, Copy)]
struct Notice {
    /// As the table has it.
    name: &'static str,
    reason: MailReason,
    /// When it is due: a condition on `ends_at`.
    due: &'static str,
    /// Whether somebody who will not buy again gets it.
    also_cancelled: bool,
}

impl Service {
    /// Tells users whose plan ends or has ended, each once for each end, and notes in the ledger what is over.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn tell_plan_ends(&self) -> Result<(), ServiceError> {
        let reminder = Notice {
            name: "reminder",
            reason: MailReason::PlanEnds,
            due: "held.ends_at > {now} AND held.ends_at <= {now} + $2",
            also_cancelled: false,
        };
        let ended = Notice {
            name: "ended",
            reason: MailReason::PlanEnded,
            due: "held.ends_at <= {now} AND held.ends_at > {now} - $2",
            also_cancelled: true,
        };
        self.tell(reminder, REMIND_BEFORE).await?;
        self.tell(ended, TELL_WITHIN).await?;
        self.note_expired().await
    }

    /// The last end of each plan that a user has: paying early moved it on.
    async fn tell(&self, notice: Notice, within: i64) -> Result<(), ServiceError> {
        let doing = "looking for plans that end";
        let not_cancelled = if notice.also_cancelled {
            ""
        } else {
            "AND NOT EXISTS (SELECT 1 FROM plan_cancellations AS c WHERE c.user_id = held.user_id AND c.plan = held.plan)"
        };
        let sql = format!(
            "SELECT held.user_id, held.plan, held.ends_at, u.address FROM \
             (SELECT user_id, plan, MAX(ends_at) AS ends_at FROM entitlements GROUP BY user_id, plan) AS held \
             JOIN users AS u ON u.id = held.user_id WHERE u.closed_at IS NULL AND {} {not_cancelled} AND NOT EXISTS \
             (SELECT 1 FROM plan_notices AS n WHERE n.user_id = held.user_id AND n.plan = held.plan AND n.ends_at = held.ends_at \
             AND n.notice = $1) LIMIT {AT_ONCE}",
            notice.due
        );
        let values = [notice.name.into(), within.into()];
        for row in all(self.inner.store.reader(), doing, &sql, values).await? {
            let (user, plan, ends_at): ([u8; 16], String, i64) =
                (row.id("user_id")?, row.get("plan")?, row.get("ends_at")?);
            let address: String = row.get("address")?;
            let tx = self.inner.store.write().await?;
            let sql = "INSERT INTO plan_notices (user_id, plan, ends_at, notice, at) VALUES ($1, $2, $3, $4, {now}) ON CONFLICT DO NOTHING";
            let values: [Value; 4] = [user.to_vec().into(), (*plan).into(), ends_at.into(), notice.name.into()];
            let is_new = execute(&*tx, doing, sql, values).await? == 1;
            if let (true, Ok(address)) = (is_new, EmailAddress::parse(&address)) {
                let mail = NewMail::new(address, notice.reason)
                    .of_user(&user)
                    .of_plan(&plan, instant(ends_at));
                enqueue_mail(&tx, mail).await?;
            }
            tx.commit().await?;
        }
        self.inner.wake.wake();
        Ok(())
    }

    async fn note_expired(&self) -> Result<(), ServiceError> {
        let reader = self.inner.store.reader();
        let sql = format!(
            "o.id IN (SELECT e.order_id FROM entitlements AS e WHERE e.ends_at <= {{now}} AND NOT EXISTS \
             (SELECT 1 FROM ledger AS x WHERE x.kind = 'expiry' AND x.order_id = e.order_id) LIMIT {AT_ONCE})"
        );
        let over = row::list(reader, &sql, []).await?;
        if over.is_empty() {
            return Ok(());
        }
        let tx = self.inner.store.write().await?;
        for order in &over {
            Entry::new(EntryKind::Expiry, order, 0).add(&tx).await?;
        }
        tx.commit().await.map_err(InternalError::into)
    }
}

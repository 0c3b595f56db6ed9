//! What a provider reports of mails that it took: idempotent, because providers report again, and in any order.

use sealdrop_mail::EmailAddress;
use sha2::{Digest as _, Sha256};

use super::holds;
use crate::{
    auth::sql::{execute, first},
    error::{InternalError, ServiceError},
    service::Service,
    store::WriteTx,
};

/// Rows that are kept at most: the oldest make room.
const MAX_ROWS: u32 = 10_000;

/// One report.
#[derive(Clone)]
pub struct MailEvent {
    /// What happened.
    pub kind: MailEventKind,
    /// To a mail to this address.
    pub address: EmailAddress,
    /// What the provider calls the mail, or the report.
    pub provider_id: String,
    /// When, in milliseconds since 1970 UTC by the provider's clock, if it says so.
    pub at: Option<i64>,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailEventKind {
    /// It arrived.
    Delivered,
    /// There is no such mailbox.
    HardBounce,
    /// The mailbox takes nothing for now.
    SoftBounce,
    /// The provider did not try.
    Blocked,
    /// Its reader calls it spam.
    Complaint,
    /// Its reader wants no more of its sort.
    Unsubscribed,
}

impl MailEventKind {
    /// As the table has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::HardBounce => "hard-bounce",
            Self::SoftBounce => "soft-bounce",
            Self::Blocked => "blocked",
            Self::Complaint => "complaint",
            Self::Unsubscribed => "unsubscribed",
        }
    }
}

impl std::fmt::Debug for MailEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailEvent")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl MailEvent {
    /// The same for each copy of a report.
    fn id(&self) -> Vec<u8> {
        let at = self.at.unwrap_or_default().to_string();
        let mut hash = Sha256::new();
        for part in [self.kind.name(), self.address.canonical(), &self.provider_id, &at] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().to_vec()
    }
}

impl Service {
    /// Notes what a provider reports. Only a hard bounce does anything: it holds the address. Reports of addresses that no mail was
    /// sent to in the last 30 days are dropped, and what was reported before changes nothing.
    ///
    /// # Errors
    /// When the database fails; then nothing is noted, and the provider reports again.
    pub async fn note_mail_events(&self, events: &[MailEvent]) -> Result<(), ServiceError> {
        let tx = self.inner.store.write().await?;
        let now = first(&*tx, "asking for the time", "SELECT {now} AS now", []).await?;
        let now: i64 = now.map_or(Ok(0), |row| row.get("now"))?;
        let mut held = 0;
        for event in events {
            // Another clock may be ahead; nothing happened later than now.
            let at = event.at.unwrap_or(now).min(now);
            let canonical = event.address.canonical();
            if event.kind == MailEventKind::Delivered {
                holds::lift(&tx, canonical, at).await?;
                continue;
            }
            if note(&tx, event).await? && event.kind == MailEventKind::HardBounce {
                held += u64::from(holds::hold(&tx, canonical, at).await?);
            }
        }
        forget_oldest(&tx).await?;
        tx.commit().await?;
        if held > 0 {
            tracing::warn!(
                held,
                "addresses bounced and are held for a day: `sealdrop-server mails held` lists them"
            );
        }
        Ok(())
    }
}

/// Writes it down; whether it is new, and of a mail of ours.
async fn note(tx: &WriteTx, event: &MailEvent) -> Result<bool, InternalError> {
    let sql = "INSERT INTO mail_events (id, kind, canonical, made_at) SELECT $1, $2, $3, {now} \
               WHERE EXISTS (SELECT 1 FROM mails WHERE canonical = $3 AND tries > 0) ON CONFLICT (id) DO NOTHING";
    let values = [
        event.id().into(),
        event.kind.name().into(),
        event.address.canonical().into(),
    ];
    Ok(execute(&**tx, "noting what became of a mail", sql, values).await? == 1)
}

async fn forget_oldest(tx: &WriteTx) -> Result<(), InternalError> {
    let sql = format!(
        "DELETE FROM mail_events WHERE id IN (SELECT id FROM mail_events ORDER BY made_at DESC, id LIMIT 1000 OFFSET {MAX_ROWS})"
    );
    execute(&**tx, "forgetting what became of mails", &sql, [])
        .await
        .map(drop)
}

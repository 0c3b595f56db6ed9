//! Sends one mail of the outbox.
//!
//! A try is counted before it is made, so one that takes its worker with it counts too. The mail's row says how often it was tried
//! and when it is tried again; each try is a job of its own, because a job that failed has other waits. A worker that dies between
//! the send and its note sends again: the copy has the same `Message-ID`, and the same key for a provider that knows such keys.

use std::time::Duration;

use sealdrop_mail::{FailureKind, Mail, MailId, SendError, Sent};

use crate::{
    error::InternalError,
    jobs::kind::{JobResult, Kind},
    mails::{
        MailReason, MailState,
        compose::compose,
        holds,
        rows::{self, Waiting},
        schedule::wait_after,
        send_job::{self, Payload},
    },
    metrics::count::count_mail,
    service::Service,
    store::instant,
};

/// What stands in a mail's row while its address is held.
const HELD: &str = "held";
/// How long a notice is worth sending.
const NOTICE_FOR: time::Duration = time::Duration::hours(48);

pub(crate) fn kind() -> Kind {
    Kind::once(send_job::NAME, |service: Service, payload: Payload| async move {
        match MailId::from_hex(&payload.mail_id) {
            Some(id) => service.send_mail(id).await,
            None => Err(InternalError::lasting("reading a job's payload", "it names no mail").into()),
        }
    })
}

impl Service {
    async fn send_mail(&self, id: MailId) -> JobResult {
        let Some(waiting) = rows::find_waiting(self.inner.store.reader(), id).await? else {
            return Ok(None);
        };
        if let Some(wait) = self.held_for(&waiting).await? {
            return self.keep_back(id, &waiting, wait).await;
        }
        let Some(composed) = compose(self, &waiting).await? else {
            self.end_mail(id, MailState::Expired, None).await?;
            return Ok(None);
        };
        let tx = self.inner.store.write().await?;
        let tries = rows::count_try(&tx, id).await?;
        tx.commit().await?;
        let Some(tries) = tries else { return Ok(None) };
        let mail = Mail {
            id,
            to: composed.to,
            letter: composed.letter,
            made_at: instant(waiting.made_at),
            unsubscribe_url: composed.unsubscribe_url,
        };
        match self.inner.mailer.send(&mail).await {
            Ok(sent) => self.note_sent(id, &sent).await,
            Err(error) => self.note_not_sent(id, &waiting, tries, &error).await,
        }
    }

    /// How long a notice waits because mail to its address came back. Of codes that is decided once, with their limits; the operator's
    /// test shows what happens now.
    async fn held_for(&self, waiting: &Waiting) -> Result<Option<Duration>, InternalError> {
        if waiting.reason == MailReason::TestMail || waiting.reason.code_purpose().is_some() {
            return Ok(None);
        }
        let tx = self.inner.store.write().await?;
        let canonical = waiting.to.canonical();
        let wait = match holds::admit(&tx, canonical).await? {
            true => None,
            false => holds::wait(&*tx, canonical).await?,
        };
        tx.commit().await?;
        Ok(wait.map(|millis| Duration::from_millis(u64::try_from(millis).unwrap_or_default())))
    }

    /// Sends a notice after the hold of its address, if it is news then.
    async fn keep_back(&self, id: MailId, waiting: &Waiting, wait: Duration) -> JobResult {
        if self.inner.clock.now() - instant(waiting.made_at) > NOTICE_FOR {
            self.end_mail(id, MailState::Failed, Some(HELD)).await?;
            return Ok(None);
        }
        let tx = self.inner.store.write().await?;
        let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        rows::note_failure(&tx, id, HELD, millis).await?;
        tx.commit().await?;
        Ok(Some(send_job::of(id)?.after(wait)))
    }

    async fn note_sent(&self, id: MailId, sent: &Sent) -> JobResult {
        let tx = self.inner.store.write().await?;
        rows::note_sent(&tx, id, sent).await?;
        tx.commit().await?;
        count_mail("sent");
        Ok(None)
    }

    async fn note_not_sent(&self, id: MailId, waiting: &Waiting, tries: i32, error: &SendError) -> JobResult {
        let (reason, code) = (waiting.reason, error.code.as_str());
        let Some(wait) = next_wait(reason, tries, error.kind) else {
            tracing::warn!(%id, %reason, tries, code, "a mail is given up");
            self.end_mail(id, MailState::Failed, Some(code)).await?;
            return Ok(None);
        };
        tracing::warn!(%id, %reason, tries, code, wait = wait.as_secs(), "a mail is sent later");
        let tx = self.inner.store.write().await?;
        let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        rows::note_failure(&tx, id, code, millis).await?;
        tx.commit().await?;
        count_mail("delayed");
        Ok(Some(send_job::of(id)?.after(wait)))
    }

    async fn end_mail(&self, id: MailId, state: MailState, error: Option<&str>) -> Result<(), InternalError> {
        let tx = self.inner.store.write().await?;
        rows::note_end(&tx, id, state, error).await?;
        tx.commit().await?;
        count_mail(if state == MailState::Expired {
            "expired"
        } else {
            "failed"
        });
        Ok(())
    }
}

fn next_wait(reason: MailReason, tries: i32, kind: FailureKind) -> Option<Duration> {
    match kind {
        FailureKind::Permanent => None,
        FailureKind::Temporary { retry_after } => wait_after(reason, tries, retry_after),
        FailureKind::Unavailable { retry_after } => wait_after(reason, tries, Some(retry_after)),
    }
}

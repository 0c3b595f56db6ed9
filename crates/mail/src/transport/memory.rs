//! The transport of a first run: mails stay in this process, for the operator to read.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use futures::future::{BoxFuture, FutureExt as _};

use super::{Mailer, SendError, Sent};
use crate::mail::{Mail, MailId};

/// Mails that are kept; an older one makes room for a newer one.
const KEPT: usize = 20;

/// Keeps the last 20 mails, and logs that there is one but nothing of what it says.
#[derive(Debug, Default)]
pub struct MemoryMailer {
    kept: Mutex<VecDeque<Mail>>,
    is_unread: bool,
}

/// A mail as the operator reads it. Its text may hold a code: it goes to the operator and nowhere else.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct KeptMail {
    /// Its id.
    pub id: String,
    /// When it was caused, in seconds since 1970 UTC.
    pub made_at: i64,
    /// Who would have got it.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text part.
    pub text: String,
    /// Its header `List-Unsubscribe`, without angle brackets, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsubscribe_url: Option<String>,
}

impl MemoryMailer {
    /// One of a public server, where nobody who signs in can read what is kept.
    #[must_use]
    pub fn unread() -> Self {
        Self {
            is_unread: true,
            ..Self::default()
        }
    }

    /// What is kept, the newest first.
    #[must_use]
    pub fn kept(&self) -> Vec<KeptMail> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let show = |mail: &Mail| KeptMail {
            id: mail.id.to_string(),
            made_at: mail.made_at.unix_timestamp(),
            to: mail.to.deliverable().to_owned(),
            subject: mail.letter.subject.clone(),
            text: mail.letter.text.clone(),
            unsubscribe_url: mail.unsubscribe_url.clone(),
        };
        kept.iter().rev().map(show).collect()
    }

    fn keep(&self, mail: &Mail) -> MailId {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // A copy of one that is here is the same mail.
        kept.retain(|one| one.id != mail.id);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(mail.clone());
        mail.id
    }
}

impl Mailer for MemoryMailer {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<Sent, SendError>> {
        async move {
            let id = self.keep(mail);
            tracing::info!(%id, "a mail waits; `sealdrop-server mail` shows it");
            Ok(Sent {
                by: self.name(),
                provider_id: None,
            })
        }
        .boxed()
    }

    fn name(&self) -> &'static str {
        "memory"
    }

    fn health(&self) -> Result<(), String> {
        if self.is_unread {
            return Err("nobody can sign in: mail stays in this process; set MAIL_URL".to_owned());
        }
        Ok(())
    }
}

impl std::fmt::Debug for KeptMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeptMail").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::{Content, EmailAddress, Letter};

    fn mail(number: u8) -> Mail {
        Mail {
            id: MailId([number; 16]),
            to: EmailAddress::parse("ann@x.test").expect("an address"),
            letter: Letter::new(&Content::Test),
            made_at: OffsetDateTime::UNIX_EPOCH,
            unsubscribe_url: None,
        }
    }

    #[tokio::test]
    async fn the_last_twenty_are_kept_once_each() {
        let mailer = MemoryMailer::default();
        for number in (0..25).chain([24, 20]) {
            mailer.send(&mail(number)).await.expect("it is kept");
        }
        let kept: Vec<String> = mailer.kept().into_iter().map(|mail| mail.id).collect();
        let expected = [20, 24, 23, 22, 21].into_iter().chain((5..20).rev());
        assert_eq!(
            kept,
            expected
                .map(|number| MailId([number; 16]).to_string())
                .collect::<Vec<_>>()
        );
        assert_eq!(format!("{:?}", mailer.kept().first()).matches("ann").count(), 0);
        assert_eq!(format!("{mailer:?}").matches("ann").count(), 0);
    }
}

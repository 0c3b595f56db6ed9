//! Turning notices off with one POST of a mail program (RFC 8058).
//!
//! The address holds what lets its holder turn off one kind of notice of one user, and nothing else: the user's id, the kind, and a sum of
//! both that only this installation can make. Nothing is stored for it, and it stays good as long as the secret of sign-in does.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use sealdrop_api::account::NoticesChange;
use subtle::ConstantTimeEq as _;

use super::{choose::choose, kind::NoticeKind};
use crate::{error::ServiceError, mails::MailReason, service::Service};

/// Where mail programs post to. A GET there changes nothing.
pub const UNSUBSCRIBE_PATH: &str = "/unsubscribe/{token}";
/// What a token is made for.
const PURPOSE: &str = "sealdrop/1/unsubscribe";
/// Bytes of a user's id, of the kind, and of the sum.
const LEN: usize = 16 + 1 + 16;

impl Service {
    /// The address that turns off what a mail is about; nothing for what cannot be turned off so, and where the server has no public
    /// address with `https`, which RFC 8058 asks for.
    pub(crate) fn unsubscribe_url(&self, user: [u8; 16], reason: MailReason) -> Option<String> {
        let origin = self.inner.public.as_ref()?;
        let kind = kind_of(reason)?;
        if !origin.as_str().starts_with("https:") {
            return None;
        }
        let mut token = user.to_vec();
        token.push(kind);
        token.extend(self.sum(&user, kind));
        let token = Base64UrlUnpadded::encode_string(&token);
        Some(format!("{origin}{}", UNSUBSCRIBE_PATH.replace("{token}", &token)))
    }

    /// Turns off what a token is for, however often. A token that is none changes nothing, and the caller hears no difference.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unsubscribe(&self, token: &str) -> Result<(), ServiceError> {
        let Some((user, kinds)) = self.read_token(token) else {
            return Ok(());
        };
        let off = |kind| kinds.contains(&kind).then_some(false);
        let change = NoticesChange {
            link_downloaded: off(NoticeKind::LinkDownloaded),
            link_unused: off(NoticeKind::LinkUnused),
            storage: off(NoticeKind::Storage),
            ..NoticesChange::default()
        };
        let tx = self.inner.store.write().await?;
        choose(&tx, user, change).await?;
        tx.commit().await?;
        tracing::info!("a mail program turned notices off");
        Ok(())
    }

    fn read_token(&self, token: &str) -> Option<([u8; 16], Vec<NoticeKind>)> {
        let mut bytes = [0; LEN];
        let bytes = Base64UrlUnpadded::decode(token, &mut bytes).ok()?;
        let (user, rest) = bytes.split_first_chunk::<16>()?;
        let (kind, sum) = rest.split_first()?;
        let is_ours = bool::from(sum.ct_eq(&self.sum(user, *kind)));
        Some((*user, kinds_of(*kind)?)).filter(|_| is_ours)
    }

    fn sum(&self, user: &[u8; 16], kind: u8) -> [u8; 16] {
        let sum = self.inner.auth.secret.sum(PURPOSE, &[user, &[kind]]);
        sum.first_chunk().copied().unwrap_or_default()
    }
}

/// As the token has it. A summary is of everything.
fn kind_of(reason: MailReason) -> Option<u8> {
    match reason {
        MailReason::LinkDownloaded => Some(1),
        MailReason::LinkUnused => Some(2),
        MailReason::Storage => Some(3),
        MailReason::Summary => Some(4),
        // Codes are asked for, and the others are about who may use the account.
        _ => None,
    }
}

fn kinds_of(kind: u8) -> Option<Vec<NoticeKind>> {
    Some(match kind {
        1 => vec![NoticeKind::LinkDownloaded],
        2 => vec![NoticeKind::LinkUnused],
        3 => vec![NoticeKind::Storage],
        4 => NoticeKind::ALL.to_vec(),
        _ => return None,
    })
}

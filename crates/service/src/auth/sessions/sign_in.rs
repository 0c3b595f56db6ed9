//! `POST auth/sessions`: signing in with a code. The first time makes the user.

use sealdrop_api::{
    Challenge, CodeText, DeviceMark, ProblemType, SessionToken,
    account::{Account, Scope, TokenMade},
};
use sealdrop_mail::EmailAddress;

use super::{
    make::{Device, make_session},
    new_device::{announce, is_known, note_terminal},
};
use crate::{
    auth::{
        account::account,
        codes::{Answered, Purpose, judge},
        sql::{execute, first, random},
        tokens::{check_wish, make_token},
    },
    error::{InternalError, ServiceError},
    proof,
    service::Service,
    store::WriteTx,
};

/// Who is signed in now, and what shows it.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The user.
    pub user: Account,
    /// Whether this was the first time.
    pub is_new: bool,
    /// The session's cookie and the browser's mark, where no access token was wished for.
    pub session: Option<(SessionToken, DeviceMark)>,
    /// The access token.
    pub token: Option<TokenMade>,
}

/// An access token instead of a session.
#[derive(Debug, Clone)]
pub struct TokenWish {
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
}

impl TokenWish {
    /// Whether a token may be called like that, and do that.
    ///
    /// # Errors
    /// `invalid-request`.
    pub fn check(&self) -> Result<(), ServiceError> {
        check_wish(&self.name, &self.scopes)
    }
}

impl Service {
    /// Signs in. The session that a browser had until now ends with it, so that nobody is found in one that somebody else made.
    ///
    /// # Errors
    /// `invalid-request`, `code-wrong`, `code-ended`, `too-large` when there are too many access tokens.
    pub async fn sign_in(
        &self,
        challenge: &Challenge,
        code: &CodeText,
        wish: Option<&TokenWish>,
        device: &Device,
        replaced: Option<&SessionToken>,
    ) -> Result<SignedIn, ServiceError> {
        if let Some(wish) = wish {
            wish.check()?;
        }
        let tx = self.inner.store.write().await?;
        let secret = &self.inner.auth.secret;
        let address = match judge(&tx, secret, challenge, Purpose::SignIn, None, code).await? {
            Answered::Right(address) => address,
            Answered::Wrong(refusal) => {
                tx.commit().await?;
                return Err(refusal);
            }
        };
        let address =
            EmailAddress::parse(&address).map_err(|error| InternalError::lasting("reading an address", error))?;
        let (user, is_new) = self.find_or_make_user(&tx, &address).await?;
        // Others that sign in as the same user wait from here on.
        tx.lock_key(&user).await?;
        let is_new_device = !is_new && !is_known(&tx, user, device).await?;
        if let Some(replaced) = replaced {
            let hash = proof::digest(replaced.as_bytes()).to_vec();
            let sql = "UPDATE sessions SET ended_at = {now} WHERE (token_hash = $1 OR previous_hash = $1) AND ended_at IS NULL";
            execute(&*tx, "ending the session before", sql, [hash.into()]).await?;
        }
        let (session, token) = match wish {
            None => (Some(make_session(&tx, user, device).await?), None),
            Some(wish) => {
                if is_new || is_new_device {
                    note_terminal(&tx, user, device).await?;
                }
                (None, Some(make_token(&tx, user, &wish.name, &wish.scopes, None).await?))
            }
        };
        if is_new_device {
            announce(&tx, user, device).await?;
        }
        let signed_in = SignedIn {
            user: account(&*tx, user).await?,
            is_new,
            session,
            token,
        };
        tx.commit().await?;
        if is_new_device {
            self.inner.wake.wake();
        }
        Ok(signed_in)
    }

    async fn find_or_make_user(&self, tx: &WriteTx, address: &EmailAddress) -> Result<([u8; 16], bool), ServiceError> {
        let find = "SELECT id FROM users WHERE canonical = $1 AND closed_at IS NULL";
        let key = || [address.canonical().into()];
        if let Some(row) = first(&**tx, "looking for a user", find, key()).await? {
            return Ok((row.id("id")?, false));
        }
        // The rule may have changed since the mail went out.
        if !self.inner.auth.sign_up.takes(address) {
            return Err(ProblemType::CodeEnded.into());
        }
        let id: [u8; 16] = random()?;
        // Another code of the same address may be answered this moment.
        let sql = "INSERT INTO users (id, canonical, address, created_at) VALUES ($1, $2, $3, {now}) \
                   ON CONFLICT (canonical) WHERE closed_at IS NULL DO NOTHING";
        let values = [
            id.to_vec().into(),
            address.canonical().into(),
            address.deliverable().into(),
        ];
        if execute(&**tx, "making a user", sql, values).await? == 1 {
            tracing::info!("somebody became a user");
            return Ok((id, true));
        }
        let row = first(&**tx, "looking for a user", find, key()).await?;
        let row = row.ok_or_else(|| InternalError::transient("making a user", "another one was made and is gone"))?;
        Ok((row.id("id")?, false))
    }
}

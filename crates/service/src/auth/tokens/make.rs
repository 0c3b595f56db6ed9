//! `POST account/tokens`: a new access token.

use sealdrop_api::{
    AccessToken, LimitKind, Problem, ProblemType, TokenId,
    account::{NewToken, Scope, TokenMade},
};

use super::row::GOOD;
use crate::{
    auth::{
        caller::Signed,
        sql::{first, random},
    },
    error::{InternalError, ServiceError},
    proof,
    service::Service,
    store::{WriteTx, instant},
};

/// Access tokens of one user at most.
const MAX_TOKENS: u64 = 100;
/// Characters of a name at most.
const MAX_NAME: usize = 100;
/// Seconds for which one is good if nothing is said.
const DEFAULT_EXPIRES_IN: u64 = 90 * 86_400;
/// And at most.
const MAX_EXPIRES_IN: u64 = 365 * 86_400;
const MIN_EXPIRES_IN: u64 = 60;

impl Service {
    /// Makes an access token. It is shown this once.
    ///
    /// # Errors
    /// `step-up-needed`, `invalid-request`, `too-large`: it would be good for too long, or one too many; `unauthenticated` where the
    /// session ended this moment.
    pub async fn create_token(&self, signed: &Signed, new: &NewToken) -> Result<TokenMade, ServiceError> {
        signed.check_stepped_up()?;
        check_wish(&new.name, &new.scopes)?;
        let session = signed.session().ok_or(ProblemType::StepUpNeeded)?;
        let tx = self.inner.store.write().await?;
        // A change of the address that ends this session ends all tokens: none is made behind it.
        tx.lock_key(&signed.user_id()).await?;
        let sql = "SELECT 1 AS live FROM sessions WHERE id = $1 AND ended_at IS NULL";
        let live = first(&*tx, "reading a session", sql, [session.to_vec().into()]).await?;
        live.ok_or(ProblemType::Unauthenticated)?;
        let made = make_token(&tx, signed.user_id(), &new.name, &new.scopes, new.expires_in).await?;
        tx.commit().await?;
        Ok(made)
    }
}

/// What a token is called and may do, before anything is written.
///
/// # Errors
/// `invalid-request`.
pub(in crate::auth) fn check_wish(name: &str, scopes: &[Scope]) -> Result<(), ServiceError> {
    let wrong = |said: &str| Err(Problem::new(ProblemType::InvalidRequest).with_detail(said).into());
    let length = name.chars().count();
    if name.trim().is_empty() || length > MAX_NAME || name.chars().any(char::is_control) {
        return wrong("A name is 1 to 100 characters, and not white space alone.");
    }
    if scopes.is_empty() || scopes.len() > Scope::ALL.len() {
        return wrong("An access token has one to three scopes.");
    }
    Ok(())
}

/// Writes a new token.
///
/// # Errors
/// `too-large`.
pub(in crate::auth) async fn make_token(
    tx: &WriteTx,
    user: [u8; 16],
    name: &str,
    scopes: &[Scope],
    expires_in: Option<u64>,
) -> Result<TokenMade, ServiceError> {
    let expires_in = expires_in.unwrap_or(DEFAULT_EXPIRES_IN);
    if expires_in > MAX_EXPIRES_IN {
        return Err(Problem::too_large(LimitKind::ExpiresIn, MAX_EXPIRES_IN).into());
    }
    if expires_in < MIN_EXPIRES_IN {
        return Err(Problem::too_large(LimitKind::MinExpiresIn, MIN_EXPIRES_IN).into());
    }
    tx.lock_key(&user).await?;
    let count = format!("SELECT COUNT(*) AS tokens FROM tokens AS t WHERE t.user_id = $1 AND {GOOD}");
    let row = first(&**tx, "counting access tokens", &count, [user.to_vec().into()]).await?;
    let tokens: i64 = row.map_or(Ok(0), |row| row.get("tokens"))?;
    if tokens >= MAX_TOKENS as i64 {
        return Err(Problem::too_large(LimitKind::AccessTokens, MAX_TOKENS).into());
    }
    let (id, token): ([u8; 16], _) = (random()?, AccessToken::new(random()?));
    let mut scopes = scopes.to_vec();
    scopes.sort_unstable();
    scopes.dedup();
    let names: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    let sql = "INSERT INTO tokens (id, user_id, name, scopes, token_hash, created_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, {now}, {now} + $6) RETURNING expires_at";
    let values = [
        id.to_vec().into(),
        user.to_vec().into(),
        name.trim().into(),
        names.join(" ").into(),
        proof::digest(token.as_bytes()).to_vec().into(),
        i64::try_from(expires_in * 1000).unwrap_or(i64::MAX).into(),
    ];
    let row = first(&**tx, "making an access token", sql, values).await?;
    let row = row.ok_or_else(|| InternalError::lasting("making an access token", "no row was made"))?;
    Ok(TokenMade {
        token_id: TokenId(id),
        token,
        name: name.trim().to_owned(),
        scopes,
        expires_at: instant(row.get("expires_at")?),
    })
}

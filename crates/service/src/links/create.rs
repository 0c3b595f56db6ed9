//! `POST links`: one link to all committed uploads of a token.

use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};
use sealdrop_api::{
    ObjectId, OwnerToken, ProblemType,
    limits::MAX_MANIFEST_LEN,
    links::{LinkCreated, NewLink},
};
use sha2::{Digest, Sha256};

use super::checks::{check_downloads, check_expires_in, check_payload, invalid};
use crate::{
    auth::Signed,
    error::ServiceError,
    failpoint,
    metrics::count::count_link,
    proof,
    service::Service,
    store::{
        count32, db, instant, is_duplicate, link_objects,
        links::{self, ActiveModel, Link},
        signed, unsigned,
        uploads::{self, State},
    },
};

impl Service {
    /// Makes a link to all committed uploads of the token. Repeating the same request answers the same; the id with anything
    /// else about it is taken, and a token makes one link. Only a client that has the seed of an id can ask for
    /// it: a stranger who knows the id cannot. It is the link of the user who makes it, or else of the user whose uploads they
    /// are; uploads from before signing in become the user's.
    ///
    /// # Errors
    /// `invalid-request`, `too-large` (expiry or downloads over the limit), `uploads-unfinished` (there is none, or not all
    /// are committed), `link-exists`, `quota-exceeded` (uploads from before signing in have no room in the account).
    pub async fn create_link(
        &self,
        token: &OwnerToken,
        user: Option<&Signed>,
        new: NewLink,
    ) -> Result<LinkCreated, ServiceError> {
        let (link_id, request_hash) = (new.link_id(), digest_of(&new));
        let token_hash = proof::digest(token.as_bytes());
        failpoint::reach("link.before_tx").await?;
        let tx = self.inner.store.write().await?;
        tx.lock_token(&token_hash).await?;
        // Only the token's own link and uploads are looked at before it has shown uploads of its own: an invented
        // token gets the same answer for an id that is used and for one that is free.
        if let Some(link) = links::find_by_token(&*tx, &token_hash).await? {
            return if link.id() == link_id && link.request_hash == request_hash {
                Ok(created(&link))
            } else {
                Err(ProblemType::LinkExists.into())
            };
        }
        // After the repeat: an operator who lowers a limit changes no answer that was given.
        let user = match user {
            Some(signed) => Some(signed.user_id()),
            None => uploads::user_of_token(&*tx, &token_hash).await?,
        };
        let limits = self.send_limits(&*tx, user).await?;
        check_expires_in(&limits, new.expires_in)?;
        check_downloads(&limits, new.max_downloads)?;
        let sealed_bytes = committed_bytes(&*tx, &token_hash).await?;
        check_payload(&new.payload.0)?;
        if links::find(&*tx, link_id).await?.is_some() {
            return Err(ProblemType::LinkExists.into());
        }
        if let Some(manifest) = new.manifest {
            check_manifest(&*tx, manifest, &token_hash).await?;
        }
        let now = self.now();
        let expires_at = now.saturating_add(signed(new.expires_in).saturating_mul(1000));
        let row = ActiveModel {
            link_id: Set(link_id.0.to_vec()),
            verifier: Set(Some(new.verifier.as_bytes().to_vec())),
            token_hash: Set(Some(token_hash.to_vec())),
            request_hash: Set(request_hash),
            rev: Set(1),
            manifest: Set(new.manifest.map(|id| id.0.to_vec())),
            sealed_bytes: Set(sealed_bytes),
            max_downloads: Set(i64::from(new.max_downloads)),
            active: Set(0),
            used: Set(0),
            failed: Set(0),
            opened: Set(0),
            created_at: Set(now),
            expires_at: Set(expires_at),
            ended_reason: Set(None),
            ended_at: Set(None),
            swept_at: Set(None),
            payload: Set(Some(new.payload.0)),
            looked_len: Set(0),
            user_id: Set(user.map(|id| id.to_vec())),
            paused_at: Set(None),
        };
        insert(&*tx, row).await?;
        link_objects::take_all(&*tx, link_id, &token_hash).await?;
        uploads::forget_client(&*tx, &token_hash).await?;
        // Last: whoever waits for a user's row holds the totals already.
        if let Some(user) = user {
            self.take_over(&tx, &token_hash, user).await?;
        }
        tx.commit().await?;
        count_link("created");
        failpoint::reach("link.after_tx").await?;
        tracing::info!(%link_id, sealed_bytes, max_downloads = new.max_downloads, "link made");
        Ok(LinkCreated {
            link_id,
            expires_at: instant(expires_at),
            max_downloads: new.max_downloads,
            sealed_bytes: unsigned(sealed_bytes),
            origin: None,
        })
    }
}

/// Another token may be using the same id this moment.
async fn insert(conn: &impl ConnectionTrait, row: ActiveModel) -> Result<(), ServiceError> {
    let inserted = links::Entity::insert(row).exec_without_returning(conn).await;
    match inserted {
        Ok(_) => Ok(()),
        Err(error) if is_duplicate(&error) => Err(ProblemType::LinkExists.into()),
        Err(error) => Err(db("making a link")(error).into()),
    }
}

fn created(link: &Link) -> LinkCreated {
    LinkCreated {
        link_id: link.id(),
        expires_at: instant(link.expires_at),
        max_downloads: count32(link.max_downloads),
        sealed_bytes: unsigned(link.sealed_bytes),
        origin: None,
    }
}

/// Sealed bytes of all uploads of the token, if there is one and all are committed.
async fn committed_bytes(conn: &impl ConnectionTrait, token_hash: &[u8; 32]) -> Result<i64, ServiceError> {
    let sums: Vec<(State, i64, i64)> = uploads::Entity::find()
        .select_only()
        .column(uploads::Column::State)
        .expr(Expr::cust("COUNT(*)"))
        .expr(Expr::cust("CAST(COALESCE(SUM(sealed_len), 0) AS BIGINT)"))
        .filter(uploads::Column::TokenHash.eq(token_hash.to_vec()))
        .filter(uploads::Column::State.is_in(State::COUNTED))
        .group_by(uploads::Column::State)
        .into_tuple()
        .all(conn)
        .await
        .map_err(db("adding up a token's uploads"))?;
    let unfinished = sums.iter().any(|(state, _, _)| State::UNFINISHED.contains(state));
    match sums
        .iter()
        .find(|(state, count, _)| *state == State::Committed && *count > 0)
    {
        Some((_, _, bytes)) if !unfinished => Ok(*bytes),
        _ => Err(ProblemType::UploadsUnfinished.into()),
    }
}

async fn check_manifest(
    conn: &impl ConnectionTrait,
    manifest: ObjectId,
    token_hash: &[u8; 32],
) -> Result<(), ServiceError> {
    let row = uploads::find(conn, manifest).await?;
    let row = row.filter(|row| row.state == State::Committed && proof::fits(Some(&row.token_hash), token_hash));
    match row.and_then(|row| row.known_len()) {
        Some(len) if len <= MAX_MANIFEST_LEN => Ok(()),
        Some(_) => Err(invalid("The list of files is too long.")),
        None => Err(invalid("The list of files is not an object of this token.")),
    }
}

/// Of everything that the sender chose; the id is the row's own.
fn digest_of(new: &NewLink) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(new.verifier.as_bytes());
    hash.update(new.manifest.map_or([0; 16], |id| id.0));
    hash.update([u8::from(new.manifest.is_some())]);
    hash.update(new.expires_in.to_be_bytes());
    hash.update(new.max_downloads.to_be_bytes());
    hash.update(&new.payload.0);
    hash.finalize().to_vec()
}

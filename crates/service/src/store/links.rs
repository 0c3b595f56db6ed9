//! Rows of `links`.
//!
//! The payload is read on its own, after the proof: who has none waits for the same few columns whatever there is.

use sea_orm::{DeriveActiveEnum, EnumIter, FromQueryResult, QueryOrder, QuerySelect, entity::prelude::*};
use sealdrop_api::{LinkId, Problem, ProblemType, limits::REVIVE_IN, links::LinkState};

use super::{failure::db, instant};
use crate::error::InternalError;

/// One link. Its row outlives its objects, so that no link id comes twice.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "links")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) link_id: Vec<u8>,
    /// SHA-256 of the bearer; gone 30 days after the end.
    pub(crate) verifier: Option<Vec<u8>>,
    /// SHA-256 of the owner's token; gone 30 days after the end.
    pub(crate) token_hash: Option<Vec<u8>>,
    /// Digest of the request that made it: tells a repeat from another link of the same id.
    pub(crate) request_hash: Vec<u8>,
    pub(crate) rev: i64,
    pub(crate) manifest: Option<Vec<u8>>,
    pub(crate) sealed_bytes: i64,
    pub(crate) max_downloads: i64,
    pub(crate) active: i64,
    pub(crate) used: i64,
    pub(crate) failed: i64,
    pub(crate) opened: i64,
    pub(crate) created_at: i64,
    pub(crate) expires_at: i64,
    pub(crate) ended_reason: Option<EndReason>,
    pub(crate) ended_at: Option<i64>,
    /// When its objects were given to deletion.
    pub(crate) swept_at: Option<i64>,
    pub(crate) payload: Option<Vec<u8>>,
    /// Bytes that were signed for looks.
    pub(crate) looked_len: i64,
    /// The user whose link it is; none of a guest's; gone 30 days after the end.
    pub(crate) user_id: Option<Vec<u8>>,
    /// When its owner paused it; none while it opens.
    pub(crate) paused_at: Option<i64>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("ended_reason", &self.ended_reason)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Why a link ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub(crate) enum EndReason {
    Expired,
    Exhausted,
    Revoked,
    Removed,
}

impl From<EndReason> for LinkState {
    fn from(reason: EndReason) -> Self {
        match reason {
            EndReason::Expired => Self::Expired,
            EndReason::Exhausted => Self::Exhausted,
            EndReason::Revoked => Self::Revoked,
            EndReason::Removed => Self::Removed,
        }
    }
}

/// A link without its payload.
#[derive(Clone, FromQueryResult)]
pub(crate) struct Link {
    pub(crate) link_id: Vec<u8>,
    pub(crate) verifier: Option<Vec<u8>>,
    pub(crate) token_hash: Option<Vec<u8>>,
    pub(crate) request_hash: Vec<u8>,
    pub(crate) rev: i64,
    pub(crate) manifest: Option<Vec<u8>>,
    pub(crate) sealed_bytes: i64,
    pub(crate) max_downloads: i64,
    pub(crate) active: i64,
    pub(crate) used: i64,
    pub(crate) failed: i64,
    pub(crate) opened: i64,
    pub(crate) created_at: i64,
    pub(crate) expires_at: i64,
    pub(crate) ended_reason: Option<EndReason>,
    pub(crate) ended_at: Option<i64>,
    pub(crate) swept_at: Option<i64>,
    pub(crate) looked_len: i64,
    pub(crate) user_id: Option<Vec<u8>>,
    pub(crate) paused_at: Option<i64>,
}

/// Milliseconds for which an exhausted link may be revived.
pub(crate) const REVIVABLE_FOR: i64 = REVIVE_IN as i64 * 1000;

impl Link {
    /// Its id. A check in the schema keeps it at 16 bytes.
    pub(crate) fn id(&self) -> LinkId {
        LinkId(self.link_id.as_slice().try_into().unwrap_or_default())
    }

    /// The user whose link it is.
    pub(crate) fn user(&self) -> Option<[u8; 16]> {
        self.user_id.as_deref()?.try_into().ok()
    }

    /// Why and when it ended, also when the reaper has not come by yet.
    pub(crate) fn end(&self, now: i64) -> Option<(EndReason, i64)> {
        match self.ended_reason {
            Some(reason) => Some((reason, self.ended_at.unwrap_or(self.expires_at))),
            None => (self.expires_at <= now).then_some((EndReason::Expired, self.expires_at)),
        }
    }

    /// Until when its owner may allow more downloads of a link whose last one is used; never beyond the time that was set for
    /// it. Nothing of a link that ended otherwise, or whose objects were given to deletion.
    pub(crate) fn revivable_until(&self, now: i64) -> Option<i64> {
        let ended_at = self
            .ended_at
            .filter(|_| self.ended_reason == Some(EndReason::Exhausted))?;
        let until = ended_at.saturating_add(REVIVABLE_FOR).min(self.expires_at);
        (self.swept_at.is_none() && until > now).then_some(until)
    }

    /// What a claim hears that would otherwise go on: of all ends, only the owner's hand and the operator's stop it.
    pub(crate) fn revoked_problem(&self, now: i64) -> Option<Problem> {
        self.ended_problem(now)
            .filter(|problem| matches!(problem.kind, ProblemType::LinkRevoked | ProblemType::LinkRemoved))
    }

    /// What the holder of the right bearer hears who would open the link or begin a download: of its end, or that it is paused.
    pub(crate) fn closed_problem(&self, now: i64) -> Option<Problem> {
        let paused = || self.paused_at.map(|_| ProblemType::LinkPaused.into());
        self.ended_problem(now).or_else(paused)
    }

    /// What the holder of the right bearer or token hears of a link that ended.
    pub(crate) fn ended_problem(&self, now: i64) -> Option<Problem> {
        let (reason, at) = self.end(now)?;
        let kind = match reason {
            EndReason::Expired => ProblemType::LinkExpired,
            EndReason::Exhausted => ProblemType::LinkExhausted,
            EndReason::Revoked => ProblemType::LinkRevoked,
            EndReason::Removed => ProblemType::LinkRemoved,
        };
        let mut problem = Problem::new(kind);
        problem.ended_at = Some(instant(at));
        problem.revivable_until = self.revivable_until(now).map(instant);
        Some(problem)
    }
}

const WITHOUT_PAYLOAD: [Column; 20] = [
    Column::LinkId,
    Column::Verifier,
    Column::TokenHash,
    Column::RequestHash,
    Column::Rev,
    Column::Manifest,
    Column::SealedBytes,
    Column::MaxDownloads,
    Column::Active,
    Column::Used,
    Column::Failed,
    Column::Opened,
    Column::CreatedAt,
    Column::ExpiresAt,
    Column::EndedReason,
    Column::EndedAt,
    Column::SweptAt,
    Column::LookedLen,
    Column::UserId,
    Column::PausedAt,
];

/// Reads one row.
pub(crate) async fn find(conn: &impl ConnectionTrait, id: LinkId) -> Result<Option<Link>, InternalError> {
    let found = Entity::find_by_id(id.0.to_vec())
        .select_only()
        .columns(WITHOUT_PAYLOAD)
        .into_model::<Link>();
    found.one(conn).await.map_err(db("reading a link"))
}

/// Reads one row and holds it against other writers. Everything that changes a link or its claims starts here.
pub(crate) async fn find_locked(conn: &impl ConnectionTrait, id: LinkId) -> Result<Option<Link>, InternalError> {
    let found = Entity::find_by_id(id.0.to_vec())
        .select_only()
        .columns(WITHOUT_PAYLOAD)
        .lock_exclusive();
    found.into_model::<Link>().one(conn).await.map_err(db("reading a link"))
}

/// Reads the link that was made from a token.
pub(crate) async fn find_by_token(
    conn: &impl ConnectionTrait,
    token_hash: &[u8; 32],
) -> Result<Option<Link>, InternalError> {
    let found = Entity::find().filter(Column::TokenHash.eq(token_hash.to_vec()));
    let found = found.select_only().columns(WITHOUT_PAYLOAD).into_model::<Link>();
    found.one(conn).await.map_err(db("reading a link"))
}

/// Links of a user, the newest first.
pub(crate) async fn of_user(
    conn: &impl ConnectionTrait,
    user: [u8; 16],
    after: u64,
    limit: u64,
) -> Result<Vec<Link>, InternalError> {
    let found = Entity::find()
        .select_only()
        .columns(WITHOUT_PAYLOAD)
        .filter(Column::UserId.eq(user.to_vec()))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::LinkId)
        .offset(after)
        .limit(limit);
    let found = found.into_model::<Link>().all(conn).await;
    found.map_err(db("reading a user's links"))
}

/// Reads revision and payload of a link that has not ended, both of the same moment.
pub(crate) async fn payload(conn: &impl ConnectionTrait, id: LinkId) -> Result<Option<(i64, Vec<u8>)>, InternalError> {
    let found = Entity::find_by_id(id.0.to_vec())
        .select_only()
        .column(Column::Rev)
        .column(Column::Payload)
        .filter(Column::EndedReason.is_null());
    let found: Option<(i64, Option<Vec<u8>>)> = found
        .into_tuple()
        .one(conn)
        .await
        .map_err(db("reading a link's payload"))?;
    Ok(found.and_then(|(rev, payload)| Some((rev, payload?))))
}

/// Ends a link that has not ended yet. The payload is removed immediately if nothing opens it any more; of an exhausted link it
/// stays as long as the objects, for its owner may allow more downloads.
pub(crate) async fn end(
    conn: &impl ConnectionTrait,
    id: LinkId,
    reason: EndReason,
    at: i64,
) -> Result<bool, InternalError> {
    let mut update = Entity::update_many()
        .col_expr(Column::EndedReason, Expr::value(reason))
        .col_expr(Column::EndedAt, Expr::value(at));
    if reason != EndReason::Exhausted {
        update = update.col_expr(Column::Payload, Expr::value(Option::<Vec<u8>>::None));
    }
    let done = update
        .filter(Column::LinkId.eq(id.0.to_vec()))
        .filter(Column::EndedReason.is_null())
        .exec(conn)
        .await
        .map_err(db("ending a link"))?;
    if done.rows_affected == 1 {
        tracing::info!(link_id = %id, ?reason, "link ended");
    }
    Ok(done.rows_affected == 1)
}

/// Links of a user whose objects were not given to deletion yet.
pub(crate) async fn unswept_of_user(
    conn: &impl ConnectionTrait,
    user: [u8; 16],
    limit: u64,
) -> Result<Vec<LinkId>, InternalError> {
    let found = Entity::find()
        .select_only()
        .column(Column::LinkId)
        .filter(Column::UserId.eq(user.to_vec()))
        .filter(Column::SweptAt.is_null())
        .limit(limit);
    let ids: Vec<Vec<u8>> = found
        .into_tuple()
        .all(conn)
        .await
        .map_err(db("looking for a user's links"))?;
    let ids = ids
        .into_iter()
        .map(|id| LinkId(id.as_slice().try_into().unwrap_or_default()));
    Ok(ids.collect())
}

/// Opens an exhausted link again. The caller holds its row, knows that it is still revivable, and gives it more downloads in
/// the same transaction. Answers no where the payload is gone: the release before deleted it at the last download.
pub(crate) async fn revive(conn: &impl ConnectionTrait, id: LinkId) -> Result<bool, InternalError> {
    let done = Entity::update_many()
        .col_expr(Column::EndedReason, Expr::value(Option::<EndReason>::None))
        .col_expr(Column::EndedAt, Expr::value(Option::<i64>::None))
        .filter(Column::LinkId.eq(id.0.to_vec()))
        .filter(Column::EndedReason.eq(EndReason::Exhausted))
        .filter(Column::SweptAt.is_null())
        .filter(Column::Payload.is_not_null())
        .exec(conn)
        .await
        .map_err(db("opening a link again"))?;
    if done.rows_affected == 1 {
        tracing::info!(link_id = %id, "link opened again");
    }
    Ok(done.rows_affected == 1)
}

//! Rows of `uploads`, and the only way in which their state changes.

use sea_orm::{DeriveActiveEnum, EnumIter, QueryFilter, QuerySelect, entity::prelude::*, sea_query::SimpleExpr};
use sealdrop_api::{
    ObjectId,
    uploads::{AbortReason, UploadState},
};

use super::failure::db;
use crate::error::InternalError;

/// One upload. Its row outlives its bytes, so that no object id comes twice.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "uploads")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) object_id: Vec<u8>,
    /// SHA-256 of the token that reserved it.
    pub(crate) token_hash: Vec<u8>,
    /// Its name in the bucket, chosen by the server.
    pub(crate) key: String,
    /// Sealed bytes as announced; none for a pipe.
    pub(crate) announced_len: Option<i64>,
    /// Sealed bytes as completed.
    pub(crate) sealed_len: Option<i64>,
    pub(crate) part_len: i64,
    /// Bytes held against the token's limit and the disk.
    pub(crate) reserved_len: i64,
    /// The highest part number that was ever signed: for the release before.
    pub(crate) top_part: i64,
    pub(crate) state: State,
    pub(crate) reason: Option<Reason>,
    /// The bucket's name for the multipart upload, while there is one.
    pub(crate) upload_id: Option<String>,
    /// Which parts `completing` was decided on.
    pub(crate) parts_digest: Option<Vec<u8>>,
    pub(crate) etag: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) touched_at: i64,
    /// Tag of the client that reserved it, until a link has it or it is given up.
    pub(crate) client: Option<Vec<u8>>,
    /// Bytes that were signed and, as far as the bucket was asked, are not there.
    pub(crate) promised_len: i64,
    /// The parts behind them.
    pub(crate) promised_parts: Option<Vec<u8>>,
    /// The user whose space it takes; none of a guest's.
    pub(crate) user_id: Option<Vec<u8>>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload")
            .field("id", &self.id())
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// [`UploadState`] in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub(crate) enum State {
    Reserved,
    Uploading,
    Completing,
    Verifying,
    Committed,
    Deleting,
    Deleted,
    Aborting,
    Aborted,
}

impl State {
    /// The graph. One edge leads back: a Complete that the bucket provably refused because a part was replaced under it.
    pub(crate) const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Reserved, Self::Uploading | Self::Aborting)
                | (Self::Uploading, Self::Completing | Self::Aborting)
                | (Self::Completing, Self::Verifying | Self::Aborting | Self::Uploading)
                | (Self::Verifying, Self::Committed | Self::Aborting)
                | (Self::Committed, Self::Deleting)
                | (Self::Deleting, Self::Deleted)
                | (Self::Aborting, Self::Aborted)
        )
    }

    /// Whether it stands in the way of a link: neither whole nor given up.
    pub(crate) const UNFINISHED: [Self; 4] = [Self::Reserved, Self::Uploading, Self::Completing, Self::Verifying];

    /// Whether its bytes count against limits.
    pub(crate) const COUNTED: [Self; 5] = [
        Self::Reserved,
        Self::Uploading,
        Self::Completing,
        Self::Verifying,
        Self::Committed,
    ];
}

impl From<State> for UploadState {
    fn from(state: State) -> Self {
        match state {
            State::Reserved => Self::Reserved,
            State::Uploading => Self::Uploading,
            State::Completing => Self::Completing,
            State::Verifying => Self::Verifying,
            State::Committed => Self::Committed,
            State::Deleting => Self::Deleting,
            State::Deleted => Self::Deleted,
            State::Aborting => Self::Aborting,
            State::Aborted => Self::Aborted,
        }
    }
}

/// [`AbortReason`] in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub(crate) enum Reason {
    Cancelled,
    Expired,
    Refused,
}

impl From<Reason> for AbortReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Cancelled => Self::Cancelled,
            Reason::Expired => Self::Expired,
            Reason::Refused => Self::Refused,
        }
    }
}

impl Model {
    /// Its id. A check in the schema keeps it at 16 bytes.
    pub(crate) fn id(&self) -> ObjectId {
        ObjectId(self.object_id.as_slice().try_into().unwrap_or_default())
    }

    /// The user whose space it takes.
    pub(crate) fn user(&self) -> Option<[u8; 16]> {
        self.user_id.as_deref()?.try_into().ok()
    }

    /// Bytes of the whole object, as far as they are known.
    pub(crate) fn known_len(&self) -> Option<u64> {
        self.sealed_len.or(self.announced_len).map(super::unsigned)
    }
}

/// Reads one row.
pub(crate) async fn find(conn: &impl ConnectionTrait, id: ObjectId) -> Result<Option<Model>, InternalError> {
    Entity::find_by_id(id.0.to_vec())
        .one(conn)
        .await
        .map_err(db("reading an upload"))
}

/// Reads one row and holds it against other writers.
pub(crate) async fn find_locked(conn: &impl ConnectionTrait, id: ObjectId) -> Result<Option<Model>, InternalError> {
    Entity::find_by_id(id.0.to_vec())
        .lock_exclusive()
        .one(conn)
        .await
        .map_err(db("reading an upload"))
}

/// A link takes all uploads of a token: its client holds them no more.
pub(crate) async fn forget_client(conn: &impl ConnectionTrait, token_hash: &[u8; 32]) -> Result<(), InternalError> {
    Entity::update_many()
        .col_expr(Column::Client, Expr::value(Option::<Vec<u8>>::None))
        .filter(Column::TokenHash.eq(token_hash.to_vec()))
        .filter(Column::Client.is_not_null())
        .exec(conn)
        .await
        .map_err(db("forgetting a client"))?;
    Ok(())
}

/// The user whose uploads those of a token are, if they are anybody's.
pub(crate) async fn user_of_token(
    conn: &impl ConnectionTrait,
    token_hash: &[u8; 32],
) -> Result<Option<[u8; 16]>, InternalError> {
    let found = Entity::find()
        .filter(Column::TokenHash.eq(token_hash.to_vec()))
        .filter(Column::UserId.is_not_null())
        .one(conn)
        .await;
    Ok(found
        .map_err(db("reading whose uploads they are"))?
        .and_then(|row| row.user()))
}

/// Tokens of a user's uploads that take space and that no link holds.
pub(crate) async fn unlinked_tokens_of(
    conn: &impl ConnectionTrait,
    user: [u8; 16],
    limit: u64,
) -> Result<Vec<[u8; 32]>, InternalError> {
    let found = Entity::find()
        .select_only()
        .column(Column::TokenHash)
        .distinct()
        .filter(Column::UserId.eq(user.to_vec()))
        .filter(Column::State.is_in(State::COUNTED))
        .filter(Expr::cust(
            "NOT EXISTS (SELECT 1 FROM links AS l WHERE l.token_hash = uploads.token_hash)",
        ))
        .limit(limit);
    let tokens: Vec<Vec<u8>> = found
        .into_tuple()
        .all(conn)
        .await
        .map_err(db("looking for a user's uploads"))?;
    let tokens = tokens.into_iter().filter_map(|hash| hash.try_into().ok());
    Ok(tokens.collect())
}

/// Uploads of a token that are nobody's become a user's. Answers their bytes.
pub(crate) async fn give_to_user(
    conn: &impl ConnectionTrait,
    token_hash: &[u8; 32],
    user: [u8; 16],
) -> Result<u64, InternalError> {
    let nobodys = || {
        let of_token = Column::TokenHash.eq(token_hash.to_vec());
        sea_orm::Condition::all().add(of_token).add(Column::UserId.is_null())
    };
    let bytes: Option<i64> = Entity::find()
        .select_only()
        .expr(Expr::cust("CAST(COALESCE(SUM(reserved_len), 0) AS BIGINT)"))
        .filter(nobodys())
        .filter(Column::State.is_in(State::COUNTED))
        .into_tuple()
        .one(conn)
        .await
        .map_err(db("adding up what becomes a user's"))?;
    Entity::update_many()
        .col_expr(Column::UserId, Expr::value(user.to_vec()))
        .filter(nobodys())
        .exec(conn)
        .await
        .map_err(db("giving uploads to a user"))?;
    Ok(super::unsigned(bytes.unwrap_or_default()))
}

/// Moves one upload from one state to the next, with what changes beside it. `false`: it was not in that state any more.
pub(crate) async fn advance(
    conn: &impl ConnectionTrait,
    id: ObjectId,
    from: State,
    to: State,
    changes: impl IntoIterator<Item = (Column, SimpleExpr)>,
) -> Result<bool, InternalError> {
    debug_assert!(from.may_become(to), "{from:?} never becomes {to:?}");
    let mut update = Entity::update_many().col_expr(Column::State, Expr::value(to));
    if to != State::Uploading {
        // No address of a part leads anywhere any more.
        update = update
            .col_expr(Column::PromisedLen, Expr::value(0))
            .col_expr(Column::PromisedParts, Expr::value(Option::<Vec<u8>>::None));
    }
    if !State::COUNTED.contains(&to) {
        update = update.col_expr(Column::Client, Expr::value(Option::<Vec<u8>>::None));
    }
    for (column, value) in changes {
        update = update.col_expr(column, value);
    }
    let done = update
        .filter(Column::ObjectId.eq(id.0.to_vec()))
        .filter(Column::State.eq(from))
        .exec(conn)
        .await
        .map_err(db("moving an upload on"))?;
    if done.rows_affected == 1 {
        tracing::debug!(object_id = %id, ?from, ?to, "upload moved on");
    }
    Ok(done.rows_affected == 1)
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    #[test]
    fn ends_are_ends_and_only_completing_leads_back() {
        for next in State::iter() {
            assert!(
                !State::Deleted.may_become(next) && !State::Aborted.may_become(next),
                "{next:?}"
            );
            assert!(
                !State::Committed.may_become(next) || next == State::Deleting,
                "{next:?}"
            );
        }
        let order: Vec<State> = State::iter().collect();
        let rank = |state: State| order.iter().position(|one| *one == state);
        for from in State::iter() {
            for to in State::iter().filter(|to| from.may_become(*to) && rank(*to) <= rank(from)) {
                assert_eq!((from, to), (State::Completing, State::Uploading));
            }
        }
    }
}

//! Whether there is room: under the token's limit, and on the disk of an embedded bucket.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};
use sealdrop_api::{Problem, ProblemType};

use crate::{
    InternalError, Service, ServiceError,
    store::{
        WriteTx, db, unsigned,
        uploads::{Column, Entity, State},
    },
};

/// Objects that one token may reserve: those of a list of files, and the list.
const MAX_OBJECTS: u64 = 100_001;
/// Bytes of the disk that are nobody's: the database and the log live there too.
const SPARE: u64 = 16 << 20;

impl Service {
    /// Refuses `more` bytes beyond what the token has reserved if that is over the limit, or if the disk, less what is
    /// promised to others and not written yet, cannot take it. The caller holds the token's lock.
    pub(super) async fn check_room(
        &self,
        tx: &WriteTx,
        token_hash: &[u8; 32],
        more: u64,
        new_objects: u64,
    ) -> Result<(), ServiceError> {
        let (reserved, objects) = reserved_by(&**tx, token_hash).await?;
        let limit = self.inner.limits.guest_max_bytes;
        if reserved.saturating_add(more) > limit {
            let mut problem = Problem::new(ProblemType::TooLarge)
                .with_detail(format!("A link can have at most {limit} bytes on this server."));
            problem.limit = Some(limit);
            return Err(problem.into());
        }
        if objects + new_objects > MAX_OBJECTS {
            let mut problem = Problem::new(ProblemType::TooLarge)
                .with_detail(format!("A link can have at most {MAX_OBJECTS} objects on this server."));
            problem.limit = Some(MAX_OBJECTS);
            return Err(problem.into());
        }
        let Some(free_space) = &self.inner.free_space else {
            return Ok(());
        };
        tx.lock_disk().await?;
        let needed = promised(&**tx).await?.saturating_add(more).saturating_add(SPARE);
        if needed > free_space() {
            tracing::warn!(needed, "the disk has no room for another upload");
            return Err(ProblemType::StorageFull.into());
        }
        Ok(())
    }
}

/// Bytes and number of what a token has reserved and not given up.
async fn reserved_by(conn: &impl ConnectionTrait, token_hash: &[u8; 32]) -> Result<(u64, u64), InternalError> {
    let sums: Option<(i64, i64)> = Entity::find()
        .select_only()
        .expr(Expr::cust("CAST(COALESCE(SUM(reserved_len), 0) AS BIGINT)"))
        .expr(Expr::cust("COUNT(*)"))
        .filter(Column::TokenHash.eq(token_hash.to_vec()))
        .filter(Column::State.is_in(State::COUNTED))
        .into_tuple()
        .one(conn)
        .await
        .map_err(db("adding up a token's uploads"))?;
    Ok(sums.map_or((0, 0), |(bytes, objects)| (unsigned(bytes), unsigned(objects))))
}

/// Bytes that are reserved and, as far as the signed parts tell, not on the disk yet. The last window of parts may still be
/// on its way.
async fn promised(conn: &impl ConnectionTrait) -> Result<u64, InternalError> {
    let sum: Option<i64> = Entity::find()
        .select_only()
        .expr(Expr::cust(
            "CAST(COALESCE(SUM(CASE WHEN top_part <= 16 THEN reserved_len \
             WHEN reserved_len > (top_part - 16) * part_len THEN reserved_len - (top_part - 16) * part_len \
             ELSE 0 END), 0) AS BIGINT)",
        ))
        .filter(Column::State.is_in([State::Reserved, State::Uploading]))
        .into_tuple()
        .one(conn)
        .await
        .map_err(db("adding up what is promised"))?;
    Ok(sum.map_or(0, unsigned))
}

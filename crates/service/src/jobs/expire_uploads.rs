//! Uploads that nobody goes on with, and objects that no link took.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Alias, Expr, Query, SelectStatement},
};
use sealdrop_api::limits::{RESERVED_IDLE_IN, UPLOAD_IDLE_IN};

use super::BATCH;
use crate::{
    Reaped, Service, ServiceError,
    store::{
        WriteTx, db, link_objects, signed,
        uploads::{self, Column, Entity, Model, Reason, State},
    },
};

/// After which silence a token is given up.
#[derive(Clone, Copy)]
struct Idle {
    /// Nothing of it was touched after this, in milliseconds since 1970 UTC.
    cutoff: i64,
    /// Only a token that holds room for what it never began to send. A pipe holds none before its first part, and may be
    /// long in coming.
    never_begun: bool,
}

impl Idle {
    fn keeps(self, row: &Model) -> bool {
        row.touched_at > self.cutoff
            || (self.never_begun && (row.state != State::Reserved || row.announced_len.is_none()))
    }
}

impl Service {
    /// Idle is a whole token, not one object: of a large transfer the first object waits for the last. And a token is given
    /// up whole, in one transaction: a link that is made meanwhile finds all of its objects, or none. A completion that the
    /// bucket refuses for good is given up with the rest.
    pub(super) async fn expire_uploads(&self, reaped: &mut Reaped) -> Result<(), ServiceError> {
        for (idle_in, never_begun) in [(UPLOAD_IDLE_IN, false), (RESERVED_IDLE_IN, true)] {
            let cutoff = self.steady_now() - signed(idle_in) * 1000;
            self.expire_idle(Idle { cutoff, never_begun }, reaped).await?;
        }
        Ok(())
    }

    async fn expire_idle(&self, idle: Idle, reaped: &mut Reaped) -> Result<(), ServiceError> {
        let mut due = untaken()
            .select_only()
            .column(Column::TokenHash)
            .distinct()
            .filter(Column::TouchedAt.lte(idle.cutoff))
            .filter(Expr::exists(lively(idle)).not());
        if idle.never_begun {
            due = due.filter(Column::State.eq(State::Reserved));
        }
        let due: Vec<Vec<u8>> = due
            .limit(BATCH)
            .into_tuple()
            .all(self.inner.store.reader())
            .await
            .map_err(db("looking for idle uploads"))?;
        for token_hash in due {
            let token_hash = token_hash.as_slice().try_into().unwrap_or([0; 32]);
            let tx = self.inner.store.write().await?;
            self.expire_token(&tx, &token_hash, idle, reaped).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn expire_token(
        &self,
        tx: &WriteTx,
        token_hash: &[u8; 32],
        idle: Idle,
        reaped: &mut Reaped,
    ) -> Result<(), ServiceError> {
        // Against new uploads and a link. Against whoever goes on with one of these, their rows are held as well.
        tx.lock_token(token_hash).await?;
        let rows: Vec<Model> = untaken()
            .filter(Column::TokenHash.eq(token_hash.to_vec()))
            .order_by_asc(Column::ObjectId)
            .lock_exclusive()
            .all(&**tx)
            .await
            .map_err(db("reading a token's uploads"))?;
        // Somebody came back since the look.
        if rows.iter().any(|row| idle.keeps(row)) {
            return Ok(());
        }
        for row in rows {
            let (next, reason, count) = match row.state {
                State::Committed => (State::Deleting, None, &mut reaped.objects_unlinked),
                _ => (State::Aborting, Some(Reason::Expired), &mut reaped.uploads_expired),
            };
            let changes = [
                (Column::Reason, Expr::value(reason)),
                (Column::TouchedAt, Expr::value(self.now())),
            ];
            if uploads::advance(&**tx, row.id(), row.state, next, changes).await? {
                *count += 1;
            }
        }
        Ok(())
    }
}

/// Uploads that count against limits and that no link has.
fn untaken() -> Select<Entity> {
    let mut taken = Query::select();
    taken.expr(Expr::val(1)).from(link_objects::Entity).and_where(
        Expr::col((link_objects::Entity, link_objects::Column::ObjectId)).equals((Entity, Column::ObjectId)),
    );
    Entity::find()
        .filter(Column::State.is_in(State::COUNTED))
        .filter(Expr::exists(taken).not())
}

/// Whether anything of the same token is kept: [`Idle::keeps`] in the terms of the database.
fn lively(idle: Idle) -> SelectStatement {
    let other = Alias::new("other");
    let column = |column| Expr::col((other.clone(), column));
    let mut kept = Condition::any().add(column(Column::TouchedAt).gt(idle.cutoff));
    if idle.never_begun {
        kept = kept
            .add(column(Column::State).ne(State::Reserved))
            .add(column(Column::AnnouncedLen).is_null());
    }
    let mut lively = Query::select();
    lively
        .expr(Expr::val(1))
        .from_as(Entity, other.clone())
        .and_where(column(Column::TokenHash).equals((Entity, Column::TokenHash)))
        .and_where(column(Column::State).is_in(State::COUNTED.map(Expr::value)))
        .cond_where(kept);
    lively
}

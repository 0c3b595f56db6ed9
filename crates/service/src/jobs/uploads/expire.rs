//! Uploads that nobody goes on with, and objects that no link took.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, Statement, sea_query::Expr};
use sealdrop_api::limits::RESERVED_IDLE_IN;

use super::idle_tokens::{touched_by, within};
use crate::jobs::BATCH;
use crate::{
    brake::Kind,
    error::ServiceError,
    jobs::reaped::Reaped,
    service::Service,
    store::{
        WriteTx, db, links, signed,
        totals::TOKEN,
        uploads::{Column, Entity, Reason, State},
    },
    uploads::PROMISE_LIVES,
};

/// Rows that one statement deletes: about 20 ms of other writers' time.
const AT_ONCE: u64 = 2_000;
/// Reservations of an idle token that are given up with the rest of it, and as many at a time are forgotten before, where there are
/// more: no transaction keeps other writers waiting for all the rows of a large token.
const WITH_THE_REST: u64 = 500;

#[derive(FromQueryResult)]
struct Newest {
    touched_at: Option<i64>,
}

impl Service {
    /// What was promised to parts that did not come while their addresses lived is free again. The upload goes on.
    pub(in crate::jobs) async fn lapse_promises(&self, reaped: &mut Reaped) -> Result<(), ServiceError> {
        let tx = self.inner.store.write().await?;
        let lapsed = Entity::update_many()
            .col_expr(Column::PromisedLen, Expr::value(0))
            .col_expr(Column::PromisedParts, Expr::value(Option::<Vec<u8>>::None))
            // As the index has it: a bound value would not be known to fit.
            .filter(Expr::cust("promised_len > 0"))
            .filter(Column::TouchedAt.lte(self.steady_now() - PROMISE_LIVES))
            .exec(&*tx)
            .await
            .map_err(db("taking promises back"))?;
        tx.commit().await?;
        reaped.promises_lapsed += lapsed.rows_affected;
        Ok(())
    }

    /// Reservations of tokens that begun nothing and were silent for [`RESERVED_IDLE_IN`]. The bucket never heard of them, so
    /// nothing is left of them: who comes back reserves again.
    pub(in crate::jobs) async fn forget_reservations(&self, reaped: &mut Reaped) -> Result<(), ServiceError> {
        let cutoff = self.steady_now() - signed(RESERVED_IDLE_IN) * 1000;
        let idle = format!(
            "SELECT object_id FROM uploads WHERE state = 'reserved' AND touched_at <= {cutoff} \
             AND NOT EXISTS (SELECT 1 FROM upload_totals t WHERE t.kind = {TOKEN} AND t.id = uploads.token_hash AND t.begun > 0) \
             AND NOT EXISTS (SELECT 1 FROM uploads o WHERE o.token_hash = uploads.token_hash AND o.touched_at > {cutoff}) \
             LIMIT {AT_ONCE}"
        );
        // Checked once more for each row: the client may have come back since.
        let delete = format!(
            "DELETE FROM uploads WHERE state = 'reserved' AND touched_at <= {cutoff} AND object_id IN ({idle})"
        );
        let forgotten = &mut reaped.reservations_forgotten;
        let done = self.run_in_steps("forgetting reservations", &delete, &[], AT_ONCE, forgotten);
        Ok(done.await?)
    }

    /// Idle is a whole token, not one object: of a large transfer the first object waits for the last. And a token is given
    /// up whole, in one transaction: a link that is made meanwhile finds all of its objects, or none. A completion that the
    /// bucket refuses for good is given up with the rest.
    pub(in crate::jobs) async fn expire_uploads(&self, reaped: &mut Reaped) -> Result<(), ServiceError> {
        let now = self.steady_now();
        let cutoff = touched_by(now);
        let mut first = None;
        let allowed = self
            .look_before_ending(
                Kind::Uploads,
                now,
                async |unseen| {
                    let (due, number) = self.idle_tokens_of(now, unseen).await?;
                    first = Some(due);
                    Ok(number)
                },
                async || self.count_waiting().await,
            )
            .await?;
        reaped.held += allowed.held;
        loop {
            // The first of them were found where they were counted.
            let (due, found) = match first.take() {
                Some(due) => {
                    let found = due.len() as u64;
                    (within(due, allowed.window), found)
                }
                None => {
                    let due = self.idle_tokens(allowed.window).await?;
                    let found = due.len() as u64;
                    (due, found)
                }
            };
            let (none, before) = (due.is_empty(), *reaped);
            for token in due {
                let token_hash = token.id.as_slice().try_into().unwrap_or([0; 32]);
                self.forget_surplus(&token_hash, cutoff, reaped).await?;
                let tx = self.inner.store.write().await?;
                self.expire_token(&tx, &token_hash, cutoff, reaped).await?;
                tx.commit().await?;
            }
            if found < BATCH {
                break;
            }
            if !none && *reaped == before {
                // Others give them up this moment. What is left is for the next pass.
                return Ok(());
            }
        }
        Ok(self.note_settled(Kind::Uploads, allowed).await?)
    }

    /// Reservations of an idle token, but for [`WITH_THE_REST`] of them: the bucket never heard of them, and no link can hold them.
    async fn forget_surplus(
        &self,
        token_hash: &[u8; 32],
        cutoff: i64,
        reaped: &mut Reaped,
    ) -> Result<(), ServiceError> {
        let delete = format!(
            "DELETE FROM uploads WHERE state = 'reserved' AND touched_at <= {cutoff} AND object_id IN \
             (SELECT object_id FROM uploads WHERE token_hash = $1 AND state = 'reserved' \
             AND NOT EXISTS (SELECT 1 FROM uploads o WHERE o.token_hash = $1 AND o.touched_at > {cutoff}) \
             ORDER BY object_id LIMIT {WITH_THE_REST} OFFSET {WITH_THE_REST})"
        );
        let (values, forgotten) = ([token_hash.to_vec().into()], &mut reaped.reservations_forgotten);
        let done = self.run_in_steps("forgetting reservations", &delete, &values, WITH_THE_REST, forgotten);
        Ok(done.await?)
    }

    async fn expire_token(
        &self,
        tx: &WriteTx,
        token_hash: &[u8; 32],
        cutoff: i64,
        reaped: &mut Reaped,
    ) -> Result<(), ServiceError> {
        // Against new uploads and a link. The rows are locked as well, against a client that goes on with one of them.
        tx.lock_token(token_hash).await?;
        let linked = links::find_by_token(&**tx, token_hash).await?.is_some();
        // The client came back since the scan.
        if linked
            || newest_locked(tx, token_hash)
                .await?
                .is_none_or(|touched_at| touched_at > cutoff)
        {
            return Ok(());
        }
        let (expired, unlinked) = give_up(tx, token_hash, self.now()).await?;
        reaped.uploads_expired += expired;
        reaped.objects_unlinked += unlinked;
        Ok(())
    }

    /// Gives up what a token of a closed account sent, unless a link holds it: ending that is another step.
    pub(in crate::jobs) async fn give_up_unlinked(&self, token_hash: &[u8; 32]) -> Result<(), ServiceError> {
        let tx = self.inner.store.write().await?;
        tx.lock_token(token_hash).await?;
        if links::find_by_token(&*tx, token_hash).await?.is_none() {
            newest_locked(&tx, token_hash).await?;
            give_up(&tx, token_hash, self.now()).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Gives up all uploads of a token, and answers how many went on and how many were committed. The caller holds the token and its rows.
async fn give_up(tx: &WriteTx, token_hash: &[u8; 32], now: i64) -> Result<(u64, u64), ServiceError> {
    let end = |states: &[State], next: State, reason: Option<Reason>| {
        Entity::update_many()
            .col_expr(Column::State, Expr::value(next))
            .col_expr(Column::Reason, Expr::value(reason))
            .col_expr(Column::TouchedAt, Expr::value(now))
            .col_expr(Column::PromisedLen, Expr::value(0))
            .col_expr(Column::PromisedParts, Expr::value(Option::<Vec<u8>>::None))
            .col_expr(Column::Client, Expr::value(Option::<Vec<u8>>::None))
            .filter(Column::TokenHash.eq(token_hash.to_vec()))
            .filter(Column::State.is_in(states.iter().copied()))
    };
    let failed = db("giving a token's uploads up");
    let expired = end(&State::UNFINISHED, State::Aborting, Some(Reason::Expired)).exec(&**tx);
    let expired = expired.await.map_err(&failed)?.rows_affected;
    let unlinked = end(&[State::Committed], State::Deleting, None).exec(&**tx);
    let unlinked = unlinked.await.map_err(&failed)?.rows_affected;
    Ok((expired, unlinked))
}

/// When anything of a token was touched last; its rows are held against other writers, without being read one by one.
async fn newest_locked(tx: &WriteTx, token_hash: &[u8; 32]) -> Result<Option<i64>, ServiceError> {
    let backend = tx.get_database_backend();
    let counted = State::COUNTED
        .map(|state| format!("'{}'", sea_orm::ActiveEnum::to_value(&state)))
        .join(", ");
    let lock = match backend {
        sea_orm::DbBackend::Postgres => "ORDER BY object_id FOR UPDATE",
        _ => "",
    };
    let newest = format!(
        "SELECT MAX(held.touched_at) AS touched_at FROM \
         (SELECT touched_at FROM uploads WHERE token_hash = $1 AND state IN ({counted}) {lock}) AS held"
    );
    let newest = Statement::from_sql_and_values(backend, newest, [token_hash.to_vec().into()]);
    let found = Newest::find_by_statement(newest).one(&**tx).await;
    Ok(found
        .map_err(db("reading a token's uploads"))?
        .and_then(|newest| newest.touched_at))
}

//! Places on a link: taken by one statement, given back, and counted when too many were given back.
//!
//! Everything here runs in a transaction that holds the link's row.

use core::time::Duration;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr};

use crate::{
    error::{InternalError, ServiceError},
    links::timeline::{Kind, note},
    store::{
        claims::{self, Model, Purpose, State},
        db,
        links::{self, Column, EndReason, Entity, Link},
    },
};

impl Link {
    /// Claims that may end without a commit before each further one counts as a download: without it, a client could read
    /// everything again and again and give the place back each time.
    const fn free_failures(&self) -> i64 {
        10 + 3 * self.max_downloads
    }

    /// A claim ends without a commit: its place is free again, or used. The caller writes link and claim.
    pub(super) fn give_back(&mut self, claim: &mut Model, ended: State) {
        if claim.purpose == Purpose::Download {
            if claim.holds_place() {
                self.active -= 1;
                if self.failed >= self.free_failures() {
                    self.used += 1;
                    claim.counted = true;
                }
            }
            self.failed += 1;
        }
        claim.state = ended;
    }
}

/// Closes the link's claims whose lease has run out. Answers how many.
pub(crate) async fn close_overdue(
    conn: &impl ConnectionTrait,
    link: &mut Link,
    now: i64,
) -> Result<u64, InternalError> {
    let overdue = claims::overdue(conn, link.id(), now).await?;
    let (mut closed, failed_before) = (0, link.failed);
    for mut claim in overdue {
        link.give_back(&mut claim, State::Lapsed);
        claims::save(conn, &claim).await?;
        closed += 1;
    }
    if closed > 0 {
        save_counts(conn, link, now).await?;
        note(conn, link.id(), Kind::Failed, link.failed - failed_before, now).await?;
    }
    Ok(closed)
}

/// Takes a place, or says why there is none: the link's end, or every place that is left is leased (busy).
pub(super) async fn take_place(conn: &impl ConnectionTrait, link: &mut Link, now: i64) -> Result<(), ServiceError> {
    let taken = Entity::update_many()
        .col_expr(Column::Active, Expr::col(Column::Active).add(1))
        .filter(Column::LinkId.eq(link.link_id.clone()))
        .filter(Column::EndedReason.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .filter(
            Expr::col(Column::Used)
                .add(Expr::col(Column::Active))
                .lt(Expr::col(Column::MaxDownloads)),
        )
        .exec(conn)
        .await
        .map_err(db("taking a place"))?;
    if taken.rows_affected == 1 {
        link.active += 1;
        return Ok(());
    }
    match link.ended_problem(now) {
        Some(problem) => Err(problem.into()),
        None => Err(busy(conn, link, now).await?),
    }
}

/// When every place that is left is leased: the time until the first lease ends, unless it is renewed.
async fn busy(conn: &impl ConnectionTrait, link: &Link, now: i64) -> Result<ServiceError, InternalError> {
    let ends_at = claims::first_lease_end(conn, link.id()).await?;
    let left = u64::try_from(ends_at.unwrap_or(now) - now).unwrap_or(0);
    // Never zero: a client that asks again immediately would get the same answer.
    Ok(ServiceError::Busy(Duration::from_millis(Ord::max(left, 1_000))))
}

/// A download that lapsed goes on: it takes a place again, unless it was counted and so has paid for one, and is no longer
/// one of the failed. The caller writes link and claim.
pub(super) async fn take_again(
    conn: &impl ConnectionTrait,
    link: &mut Link,
    claim: &mut Model,
    now: i64,
) -> Result<(), ServiceError> {
    if !claim.counted {
        close_overdue(conn, link, now).await?;
        take_place(conn, link, now).await?;
    }
    link.failed -= 1;
    claim.state = State::Active;
    Ok(())
}

/// Writes the counts of a link that is held, and ends it when its last download is used.
pub(super) async fn save_counts(conn: &impl ConnectionTrait, link: &mut Link, now: i64) -> Result<(), InternalError> {
    Entity::update_many()
        .col_expr(Column::Active, Expr::value(link.active))
        .col_expr(Column::Used, Expr::value(link.used))
        .col_expr(Column::Failed, Expr::value(link.failed))
        .filter(Column::LinkId.eq(link.link_id.clone()))
        .exec(conn)
        .await
        .map_err(db("counting claims"))?;
    if link.used >= link.max_downloads && links::end(conn, link.id(), EndReason::Exhausted, now).await? {
        (link.ended_reason, link.ended_at) = (Some(EndReason::Exhausted), Some(now));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(max_downloads: i64, active: i64) -> Link {
        Link {
            link_id: vec![1; 16],
            verifier: None,
            token_hash: None,
            request_hash: Vec::new(),
            rev: 1,
            manifest: None,
            sealed_bytes: 0,
            max_downloads,
            active,
            used: 0,
            failed: 0,
            opened: 0,
            created_at: 0,
            expires_at: 1,
            ended_reason: None,
            ended_at: None,
            swept_at: None,
            looked_len: 0,
            user_id: None,
            paused_at: None,
        }
    }

    fn claim(purpose: Purpose) -> Model {
        Model {
            link_id: vec![1; 16],
            claim_id: vec![2; 16],
            purpose,
            state: State::Active,
            counted: false,
            created_at: 0,
            lease_until: 0,
            resume_until: 0,
            signed_len: 0,
        }
    }

    #[test]
    fn places_come_back_until_too_many_did() {
        let mut link = link(2, 0);
        for _ in 0..16 {
            link.active += 1;
            link.give_back(&mut claim(Purpose::Download), State::Released);
        }
        assert_eq!((link.active, link.used, link.failed), (0, 0, 16));
        link.active += 1;
        let mut last = claim(Purpose::Download);
        link.give_back(&mut last, State::Released);
        assert_eq!((link.active, link.used, link.failed, last.counted), (0, 1, 17, true));
    }

    #[test]
    fn a_look_holds_no_place() {
        let mut link = link(1, 0);
        link.give_back(&mut claim(Purpose::Preview), State::Lapsed);
        assert_eq!((link.active, link.used, link.failed), (0, 0, 0));
    }
}

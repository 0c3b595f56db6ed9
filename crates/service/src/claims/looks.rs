//! What looks (previews) may read: bounded by what is in the link, and counted as it is signed.
//!
//! An address lives five minutes and leads to any range of one object, so what is counted is its whole length each time. A
//! film that is watched for two hours is signed 24 times.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};
use sealdrop_api::{
    LimitKind, Problem, ProblemType,
    limits::{CLAIM_RESUME_IN, GET_URL_EXPIRES_IN},
};

use crate::{
    error::ServiceError,
    store::{
        claims::Model,
        db,
        links::{Column, Entity, Link},
    },
};

/// How often one look may have everything in the link signed: without a pause, for as long as a claim lives.
const OF_A_LOOK: i64 = (CLAIM_RESUME_IN / GET_URL_EXPIRES_IN) as i64;
/// How often all looks at a link may have everything in it signed, for each of its downloads and ten besides: five hours.
const OF_A_DOWNLOAD: i64 = 60;

/// Counts what is about to be signed for a look. The caller holds the link's row, and writes the claim.
pub(super) async fn count_look(
    conn: &impl ConnectionTrait,
    link: &mut Link,
    claim: &mut Model,
    len: i64,
) -> Result<(), ServiceError> {
    check_looks_left(link, len)?;
    if claim.signed_len.saturating_add(len) > link.sealed_bytes.saturating_mul(OF_A_LOOK) {
        return Err(ProblemType::ClaimEnded.into());
    }
    claim.signed_len += len;
    link.looked_len += len;
    Entity::update_many()
        .col_expr(Column::LookedLen, Expr::value(link.looked_len))
        .filter(Column::LinkId.eq(link.link_id.clone()))
        .exec(conn)
        .await
        .map_err(db("counting a look"))?;
    Ok(())
}

/// Refuses a look at a link that was looked at too often. Downloads are not meant.
pub(super) fn check_looks_left(link: &Link, more: i64) -> Result<(), ServiceError> {
    let times = OF_A_DOWNLOAD.saturating_mul(link.max_downloads.saturating_add(10));
    if link.looked_len.saturating_add(more) > link.sealed_bytes.saturating_mul(times) {
        return Err(Problem::too_many(LimitKind::Previews).into());
    }
    Ok(())
}

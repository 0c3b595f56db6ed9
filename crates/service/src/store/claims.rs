//! Rows of `claims`.

use sea_orm::{DeriveActiveEnum, EnumIter, QueryOrder, QuerySelect, entity::prelude::*};
use sealdrop_api::{
    ClaimId, LinkId,
    claims::{ClaimState, ClaimStatus, Purpose as ApiPurpose},
};

use super::{failure::db, instant};
use crate::error::InternalError;

/// One claim of one link.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "claims")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) link_id: Vec<u8>,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) claim_id: Vec<u8>,
    pub(crate) purpose: Purpose,
    pub(crate) state: State,
    /// Whether it is in the link's `used`: by a commit, or because too many ended without one.
    pub(crate) counted: bool,
    pub(crate) created_at: i64,
    pub(crate) lease_until: i64,
    pub(crate) resume_until: i64,
    /// Bytes that were signed for it, if it is a look.
    pub(crate) signed_len: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// [`ClaimState`] in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub(crate) enum State {
    Active,
    Committed,
    Released,
    Lapsed,
}

impl From<State> for ClaimState {
    fn from(state: State) -> Self {
        match state {
            State::Active => Self::Active,
            State::Committed => Self::Committed,
            State::Released => Self::Released,
            State::Lapsed => Self::Lapsed,
        }
    }
}

/// [`ApiPurpose`] in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub(crate) enum Purpose {
    Download,
    Preview,
}

impl From<ApiPurpose> for Purpose {
    fn from(purpose: ApiPurpose) -> Self {
        match purpose {
            ApiPurpose::Download => Self::Download,
            ApiPurpose::Preview => Self::Preview,
        }
    }
}

impl Model {
    /// Whether it is one of the link's `active`.
    pub(crate) fn holds_place(&self) -> bool {
        self.state == State::Active && self.purpose == Purpose::Download && !self.counted
    }

    /// The status that its holder sees.
    pub(crate) fn status(&self) -> ClaimStatus {
        ClaimStatus {
            state: self.state.into(),
            lease_until: instant(self.lease_until),
            resume_until: instant(self.resume_until),
        }
    }
}

/// Reads one row. Its link's row is locked already where this leads to a change.
pub(crate) async fn find(
    conn: &impl ConnectionTrait,
    link_id: LinkId,
    claim_id: ClaimId,
) -> Result<Option<Model>, InternalError> {
    let key = (link_id.0.to_vec(), claim_id.0.to_vec());
    Entity::find_by_id(key).one(conn).await.map_err(db("reading a claim"))
}

/// Looks at a link that are not over.
pub(crate) async fn count_looks(conn: &impl ConnectionTrait, link_id: LinkId, now: i64) -> Result<u64, InternalError> {
    let looks = Entity::find()
        .filter(Column::LinkId.eq(link_id.0.to_vec()))
        .filter(Column::Purpose.eq(Purpose::Preview))
        .filter(Column::ResumeUntil.gt(now));
    looks.count(conn).await.map_err(db("counting looks"))
}

/// Open claims of a link whose lease has run out.
pub(crate) async fn overdue(
    conn: &impl ConnectionTrait,
    link_id: LinkId,
    now: i64,
) -> Result<Vec<Model>, InternalError> {
    Entity::find()
        .filter(Column::LinkId.eq(link_id.0.to_vec()))
        .filter(Column::State.eq(State::Active))
        .filter(Column::LeaseUntil.lte(now))
        .limit(1000)
        .all(conn)
        .await
        .map_err(db("reading claims"))
}

/// When the first lease of a link's downloads ends.
pub(crate) async fn first_lease_end(
    conn: &impl ConnectionTrait,
    link_id: LinkId,
) -> Result<Option<i64>, InternalError> {
    let leased = Entity::find()
        .filter(Column::LinkId.eq(link_id.0.to_vec()))
        .filter(Column::State.eq(State::Active))
        .filter(Column::Purpose.eq(Purpose::Download))
        .filter(Column::Counted.eq(false))
        .order_by_asc(Column::LeaseUntil);
    let first = leased.one(conn).await.map_err(db("reading a lease"))?;
    Ok(first.map(|claim| claim.lease_until))
}

/// Writes what may change of a claim.
pub(crate) async fn save(conn: &impl ConnectionTrait, claim: &Model) -> Result<(), InternalError> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(claim.state))
        .col_expr(Column::Counted, Expr::value(claim.counted))
        .col_expr(Column::LeaseUntil, Expr::value(claim.lease_until))
        .col_expr(Column::SignedLen, Expr::value(claim.signed_len))
        .filter(Column::LinkId.eq(claim.link_id.clone()))
        .filter(Column::ClaimId.eq(claim.claim_id.clone()))
        .exec(conn)
        .await
        .map_err(db("writing a claim"))?;
    Ok(())
}

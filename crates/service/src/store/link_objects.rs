//! Rows of `link_objects`: which objects a link opens the way to.

use sea_orm::{EnumIter, JoinType, QueryFilter, QuerySelect, entity::prelude::*, sea_query::Query};
use sealdrop_api::{LinkId, ObjectId};

use super::{failure::db, uploads};
use crate::error::InternalError;

/// One object of one link.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "link_objects")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) link_id: Vec<u8>,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) object_id: Vec<u8>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::uploads::Entity",
        from = "Column::ObjectId",
        to = "super::uploads::Column::ObjectId"
    )]
    Upload,
}

impl ActiveModelBehavior for ActiveModel {}

/// Gives all committed uploads of a token to a link, in one statement.
pub(crate) async fn take_all(
    conn: &impl ConnectionTrait,
    link_id: LinkId,
    token_hash: &[u8; 32],
) -> Result<(), InternalError> {
    let mut committed = Query::select();
    committed
        .expr(Expr::value(link_id.0.to_vec()))
        .column(uploads::Column::ObjectId)
        .from(uploads::Entity)
        .and_where(uploads::Column::TokenHash.eq(token_hash.to_vec()))
        .and_where(uploads::Column::State.eq(uploads::State::Committed));
    let mut insert = Query::insert();
    insert.into_table(Entity).columns([Column::LinkId, Column::ObjectId]);
    insert
        .select_from(committed)
        .map_err(|error| InternalError::lasting("giving objects to a link", error))?;
    conn.execute(&insert).await.map_err(db("giving objects to a link"))?;
    Ok(())
}

/// Those of the named objects that the link has and the bucket holds.
pub(crate) async fn find(
    conn: &impl ConnectionTrait,
    link_id: LinkId,
    objects: &[ObjectId],
) -> Result<Vec<uploads::Model>, InternalError> {
    let names: Vec<Vec<u8>> = objects.iter().map(|id| id.0.to_vec()).collect();
    uploads::Entity::find()
        .join_rev(JoinType::InnerJoin, Relation::Upload.def())
        .filter(Column::LinkId.eq(link_id.0.to_vec()))
        .filter(uploads::Column::ObjectId.is_in(names))
        .filter(uploads::Column::State.eq(uploads::State::Committed))
        .all(conn)
        .await
        .map_err(db("reading a link's objects"))
}

/// Whether some link has the object.
pub(crate) async fn is_taken(conn: &impl ConnectionTrait, object_id: ObjectId) -> Result<bool, InternalError> {
    let found = Entity::find()
        .filter(Column::ObjectId.eq(object_id.0.to_vec()))
        .one(conn)
        .await;
    Ok(found.map_err(db("reading a link's objects"))?.is_some())
}

/// Gives all objects of a link to deletion: the intent; the reaper does it. The payload, if it is still there, goes now.
pub(crate) async fn sweep(conn: &impl ConnectionTrait, link_id: LinkId, now: i64) -> Result<u64, InternalError> {
    let mut of_link = Query::select();
    of_link
        .column(Column::ObjectId)
        .from(Entity)
        .and_where(Column::LinkId.eq(link_id.0.to_vec()));
    let done = uploads::Entity::update_many()
        .col_expr(uploads::Column::State, Expr::value(uploads::State::Deleting))
        .col_expr(uploads::Column::TouchedAt, Expr::value(now))
        .filter(uploads::Column::State.eq(uploads::State::Committed))
        .filter(uploads::Column::ObjectId.in_subquery(of_link))
        .exec(conn)
        .await
        .map_err(db("giving a link's objects to deletion"))?;
    super::links::Entity::update_many()
        .col_expr(super::links::Column::SweptAt, Expr::value(now))
        .col_expr(super::links::Column::Payload, Expr::value(Option::<Vec<u8>>::None))
        .filter(super::links::Column::LinkId.eq(link_id.0.to_vec()))
        .exec(conn)
        .await
        .map_err(db("noting a link's sweep"))?;
    Ok(done.rows_affected)
}

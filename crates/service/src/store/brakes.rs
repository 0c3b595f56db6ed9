//! Rows of `brakes`: how far each kind of expiry has come.

use sea_orm::{entity::prelude::*, sea_query::OnConflict};

use super::{WriteTx, failure::db};
use crate::{brake::Kind, error::InternalError};

/// One kind.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "brakes")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) kind: i32,
    /// Everything that was due by then has ended, but for what is held. Milliseconds since 1970 UTC.
    pub(crate) settled_at: i64,
    /// How much is held.
    pub(crate) held: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Reads one.
pub(crate) async fn find(conn: &impl ConnectionTrait, kind: Kind) -> Result<Option<Model>, InternalError> {
    let found = Entity::find_by_id(kind as i32).one(conn).await;
    found.map_err(db("reading how far expiry has come"))
}

/// Writes one.
pub(crate) async fn save(tx: &WriteTx, model: Model) -> Result<(), InternalError> {
    let replace = OnConflict::column(Column::Kind)
        .update_columns([Column::SettledAt, Column::Held])
        .to_owned();
    let row = ActiveModel::from(model).reset_all();
    let done = Entity::insert(row).on_conflict(replace).exec_without_returning(&**tx);
    done.await.map(drop).map_err(db("noting how far expiry has come"))
}

//! The one row of `clock`: what the server last thought of its clock.

use sea_orm::{QuerySelect, entity::prelude::*, sea_query::OnConflict};

use super::{WriteTx, failure::db};
use crate::error::InternalError;

/// The row. Instants in milliseconds since 1970 UTC.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "clock")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: i32,
    /// The last time that was trusted, moved on by what passed since.
    pub(crate) noted_at: i64,
    /// While the clock is doubted: what it said at the last look.
    pub(crate) seen_at: Option<i64>,
    /// While the clock is doubted: milliseconds for which it has to stay as it is before it is believed.
    pub(crate) doubt_left: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Reads it.
pub(crate) async fn find(conn: &impl ConnectionTrait) -> Result<Option<Model>, InternalError> {
    let found = Entity::find_by_id(1).one(conn).await;
    found.map_err(db("reading what is known of the clock"))
}

/// Writes it.
pub(crate) async fn save(tx: &WriteTx, model: Model) -> Result<(), InternalError> {
    let replace = OnConflict::column(Column::Id)
        .update_columns([Column::NotedAt, Column::SeenAt, Column::DoubtLeft])
        .to_owned();
    let row = ActiveModel::from(model).reset_all();
    let done = Entity::insert(row).on_conflict(replace).exec_without_returning(&**tx);
    done.await.map(drop).map_err(db("noting the time"))
}

/// The newest instant that any row was made or touched at: what an older version leaves of the time.
pub(crate) async fn newest_row(conn: &impl ConnectionTrait) -> Result<Option<i64>, InternalError> {
    use super::{links, uploads};
    let link: Option<Option<i64>> = links::Entity::find()
        .select_only()
        .column_as(links::Column::CreatedAt.max(), "newest")
        .into_tuple()
        .one(conn)
        .await
        .map_err(db("looking for the newest link"))?;
    let upload: Option<Option<i64>> = uploads::Entity::find()
        .select_only()
        .column_as(uploads::Column::TouchedAt.max(), "newest")
        .into_tuple()
        .one(conn)
        .await
        .map_err(db("looking for the newest upload"))?;
    Ok(link.flatten().max(upload.flatten()))
}

/// Brings rows that a wrong clock made in the future to now: a link keeps the lifetime that it was given.
pub(crate) async fn bring_back(tx: &WriteTx, now: i64, tolerance: i64) -> Result<u64, InternalError> {
    let future = now.saturating_add(tolerance);
    let mut rows = 0;
    for sql in [
        format!(
            "UPDATE links SET expires_at = expires_at - created_at + {now}, created_at = {now} WHERE created_at > {future}"
        ),
        format!("UPDATE links SET ended_at = {now} WHERE ended_at > {future}"),
        format!("UPDATE links SET swept_at = {now} WHERE swept_at > {future}"),
        format!("UPDATE uploads SET created_at = {now} WHERE created_at > {future}"),
        format!("UPDATE uploads SET touched_at = {now} WHERE touched_at > {future}"),
        format!(
            "UPDATE claims SET lease_until = lease_until - created_at + {now}, \
             resume_until = resume_until - created_at + {now}, created_at = {now} WHERE created_at > {future}"
        ),
        // Hours of the future become the present one, which may have a row.
        format!(
            "INSERT INTO link_events (link_id, hour, kind, at, n) SELECT link_id, {now} / 3600000, kind, {now}, CAST(SUM(n) AS BIGINT) \
             FROM link_events WHERE at > {future} GROUP BY link_id, kind \
             ON CONFLICT (link_id, hour, kind) DO UPDATE SET n = link_events.n + excluded.n, at = excluded.at"
        ),
        format!("DELETE FROM link_events WHERE at > {future}"),
    ] {
        let done = tx
            .execute_unprepared(&sql)
            .await
            .map_err(db("bringing rows back from the future"))?;
        rows += done.rows_affected();
    }
    Ok(rows)
}

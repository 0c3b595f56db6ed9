//! The objects of a revoked link leave the bucket right away, and not with the next pass of the reaper.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Query};
use sealdrop_api::LinkId;
use serde::{Deserialize, Serialize};

use super::{
    BATCH,
    kind::{JobResult, Kind},
    queue::NewJob,
    reaped::Reaped,
};
use crate::{
    error::InternalError,
    service::Service,
    store::{
        db, link_objects,
        uploads::{Column, Entity, Model, State},
    },
};

const NAME: &str = "remove_link_objects";

#[derive(Serialize, Deserialize)]
struct Payload {
    link_id: LinkId,
}

/// The job for one link whose objects were given to deletion.
pub(crate) fn of(link_id: LinkId) -> Result<NewJob, InternalError> {
    let job = NewJob::new(NAME, &Payload { link_id })?;
    Ok(job.with_key(link_id.to_string()))
}

pub(super) fn kind() -> Kind {
    Kind::once(NAME, |service: Service, payload: Payload| async move {
        service.remove_link_objects(payload.link_id).await
    })
}

impl Service {
    /// One batch; what is left of a large link follows.
    async fn remove_link_objects(&self, link_id: LinkId) -> JobResult {
        let mut of_link = Query::select();
        of_link
            .column(link_objects::Column::ObjectId)
            .from(link_objects::Entity)
            .and_where(link_objects::Column::LinkId.eq(link_id.0.to_vec()));
        let rows: Vec<Model> = Entity::find()
            .filter(Column::State.eq(State::Deleting))
            .filter(Column::ObjectId.in_subquery(of_link))
            .order_by_asc(Column::TouchedAt)
            .limit(BATCH)
            .all(self.inner.store.reader())
            .await
            .map_err(db("looking for a link's objects"))?;
        let is_full = rows.len() as u64 == BATCH;
        let mut reaped = Reaped::default();
        self.remove_all(rows, &mut reaped).await;
        // What the bucket refuses is tried again, and reported, by every pass of the reaper.
        if is_full && reaped.failed == 0 {
            return Ok(Some(of(link_id)?));
        }
        Ok(None)
    }
}

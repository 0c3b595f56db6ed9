//! Uploads that were given up or deleted an hour ago: nothing is left of them. Their ids are 128 random bits, which nobody
//! meets again; a request that is repeated that late begins a new upload.

use sea_orm::ConnectionTrait as _;

use crate::{error::ServiceError, jobs::reaped::Reaped, service::Service, store::db};

/// Milliseconds for which a repeat is told what became of an upload: longer than any request, or the Complete of another
/// server, is on its way.
const TOLD_FOR: i64 = 3600 * 1000;
/// Rows that one statement deletes.
const AT_ONCE: u64 = 2_000;

impl Service {
    pub(in crate::jobs) async fn forget_uploads(&self, reaped: &mut Reaped) -> Result<(), ServiceError> {
        let cutoff = self.steady_now() - TOLD_FOR;
        let old = format!(
            "SELECT object_id FROM uploads WHERE state IN ('aborted', 'deleted') AND touched_at <= {cutoff} \
             ORDER BY touched_at LIMIT {AT_ONCE}"
        );
        loop {
            let tx = self.inner.store.write().await?;
            tx.execute_unprepared(&format!("DELETE FROM link_objects WHERE object_id IN ({old})"))
                .await
                .map_err(db("forgetting a link's old objects"))?;
            let gone = tx
                .execute_unprepared(&format!("DELETE FROM uploads WHERE object_id IN ({old})"))
                .await;
            let gone = gone.map_err(db("forgetting old uploads"))?.rows_affected();
            tx.commit().await?;
            reaped.uploads_forgotten += gone;
            if gone < AT_ONCE {
                return Ok(());
            }
        }
    }
}

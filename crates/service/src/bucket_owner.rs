//! Whether the bucket is this installation's, while the service runs and for an operator who takes it over.

use std::sync::atomic::Ordering;

use crate::{
    audit::{Action, Change, Operator, record},
    bucket::{Bucket, BucketError, Mark},
    config::{BucketConfig, DatabaseConfig},
    error::{InternalError, StartError},
    installation::{id, owns},
    service::Service,
    store::Store,
};

impl Service {
    /// Asks again whose bucket it is, as long as that is not known.
    pub(crate) async fn check_owner(&self) -> Result<(), String> {
        let inner = &self.inner;
        if inner.owns_bucket.load(Ordering::Relaxed) {
            return Ok(());
        }
        match owns(&inner.bucket, &inner.installation).await {
            Ok(true) => {
                inner.owns_bucket.store(true, Ordering::Relaxed);
                Ok(())
            }
            Ok(false) => Err("whose bucket it is cannot be asked yet".to_owned()),
            Err(foreign) => Err(foreign.to_string()),
        }
    }

    /// Makes the bucket this installation's, whosever it was: for an operator who knows that no other one uses it.
    ///
    /// # Errors
    /// When database or bucket cannot be used.
    pub async fn take_bucket(
        database: &DatabaseConfig,
        bucket: &BucketConfig,
        operator: &Operator,
    ) -> Result<(), StartError> {
        let store = Store::open(database).await?;
        let failed = |error: InternalError| StartError::Database(error.into());
        let id = id(&store).await.map_err(failed)?;
        // Before it: what happens in the bucket is in no transaction.
        note_taking(&store, bucket, operator).await.map_err(failed)?;
        let refused = |error: BucketError| StartError::Bucket(error.into());
        let bucket = Bucket::new(bucket);
        bucket.take(&id).await.map_err(refused)?;
        match bucket.mark(&id).await.map_err(refused)? {
            Mark::Ours => Ok(()),
            Mark::Another(other) => Err(StartError::ForeignBucket(other)),
        }
    }
}

async fn note_taking(store: &Store, bucket: &BucketConfig, operator: &Operator) -> Result<(), InternalError> {
    let tx = store.write().await?;
    let change = Change {
        operator,
        action: Action::TakeBucket,
        subject: bucket.bucket.clone(),
        detail: None,
    };
    record(&tx, change).await?;
    tx.commit().await
}

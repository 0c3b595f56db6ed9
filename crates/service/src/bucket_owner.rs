//! Whether the bucket is this installation's, while the service runs and for an operator who takes it over.

use std::sync::atomic::Ordering;

use crate::{
    bucket::{Bucket, BucketError, Mark},
    config::{BucketConfig, DatabaseConfig},
    error::StartError,
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
    pub async fn take_bucket(database: &DatabaseConfig, bucket: &BucketConfig) -> Result<(), StartError> {
        let store = Store::open(database).await?;
        let id = id(&store).await.map_err(|error| StartError::Database(error.into()))?;
        let refused = |error: BucketError| StartError::Bucket(error.into());
        let bucket = Bucket::new(bucket);
        bucket.take(&id).await.map_err(refused)?;
        match bucket.mark(&id).await.map_err(refused)? {
            Mark::Ours => Ok(()),
            Mark::Another(other) => Err(StartError::ForeignBucket(other)),
        }
    }
}

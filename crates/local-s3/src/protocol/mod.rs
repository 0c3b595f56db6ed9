//! The S3 operations of the bucket: what the protocol says, in terms of the store.

mod bodies;
mod checksums;
mod conditions;
mod disk_space;
mod errors;
mod fair_semaphore;
mod listing;
mod multipart;
mod objects;
mod read_permits;
mod responses;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use disk_space::DiskSpace;
use fair_semaphore::{FairSemaphore, Limits};
use s3s::{S3, S3Request, S3Response, S3Result, dto, s3_error};

pub(crate) use responses::ObjectResponse;

use crate::{
    config::LocalS3Config,
    store::{Store, StoreError, StoredObject},
};

/// The bucket as `s3s` sees it.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    store: Arc<Store>,
    name: String,
    max_part_bytes: u64,
    disk_space: Arc<DiskSpace>,
    body_stall: Duration,
    slow_start: Duration,
    min_rate: u64,
    write_permits: Arc<FairSemaphore>,
    read_permits: Arc<FairSemaphore>,
    /// For requests that are signed with the keys. Readers with presigned URLs are strangers and may use up all of their permits.
    owner_read_permits: Arc<FairSemaphore>,
}

impl Bucket {
    pub(crate) fn new(store: Arc<Store>, config: &LocalS3Config) -> Self {
        let semaphore = |most, idle| {
            FairSemaphore::new(Limits {
                most,
                of_one_address: config.max_per_address,
                max_wait: config.max_wait,
                patience: config.patience,
                idle,
                slow: config.crowded_rate,
                slow_start: config.crowded_start,
            })
        };
        Self {
            disk_space: DiskSpace::new(Arc::clone(&store), config.reserved_bytes),
            store,
            name: config.bucket.clone(),
            max_part_bytes: config.max_part_bytes,
            body_stall: config.body_stall,
            slow_start: config.slow_start,
            min_rate: config.min_rate,
            write_permits: semaphore(config.max_concurrency, config.body_stall),
            read_permits: semaphore(config.max_concurrency.saturating_mul(2), config.send_stall),
            owner_read_permits: semaphore(config.max_concurrency, config.send_stall),
        }
    }

    fn check_name(&self, bucket: &str) -> S3Result<()> {
        if bucket == self.name {
            return Ok(());
        }
        Err(s3_error!(
            NoSuchBucket,
            "There is one bucket here, and it has another name."
        ))
    }

    /// Runs `work` on a thread that may block on the disk.
    async fn on_disk<T, F>(&self, work: F) -> S3Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    {
        let store = Arc::clone(&self.store);
        let done = tokio::task::spawn_blocking(move || work(&store))
            .await
            .map_err(errors::interrupted)?;
        done.map_err(Into::into)
    }

    /// The object that `key` names, once the disk has confirmed it.
    async fn object(&self, key: &str) -> S3Result<Arc<StoredObject>> {
        let object = self.store.object(key)?;
        if !object.data.is_durable() {
            let shown = Arc::clone(&object);
            self.on_disk(move |store| store.confirm(&shown)).await?;
        }
        Ok(object)
    }
}

#[async_trait::async_trait]
impl S3 for Bucket {
    async fn create_bucket(
        &self,
        req: S3Request<dto::CreateBucketInput>,
    ) -> S3Result<S3Response<dto::CreateBucketOutput>> {
        if req.input.bucket == self.name {
            return Err(s3_error!(
                BucketAlreadyOwnedByYou,
                "The bucket is there since the first start."
            ));
        }
        Err(s3_error!(TooManyBuckets, "There is one bucket here."))
    }

    async fn head_bucket(&self, req: S3Request<dto::HeadBucketInput>) -> S3Result<S3Response<dto::HeadBucketOutput>> {
        self.check_name(&req.input.bucket)?;
        Ok(S3Response::new(dto::HeadBucketOutput::default()))
    }

    async fn get_bucket_location(
        &self,
        req: S3Request<dto::GetBucketLocationInput>,
    ) -> S3Result<S3Response<dto::GetBucketLocationOutput>> {
        self.check_name(&req.input.bucket)?;
        Ok(S3Response::new(dto::GetBucketLocationOutput::default()))
    }

    async fn list_buckets(&self, _: S3Request<dto::ListBucketsInput>) -> S3Result<S3Response<dto::ListBucketsOutput>> {
        let bucket = dto::Bucket {
            name: Some(self.name.clone()),
            ..Default::default()
        };
        Ok(S3Response::new(dto::ListBucketsOutput {
            buckets: Some(vec![bucket]),
            ..Default::default()
        }))
    }

    async fn create_multipart_upload(
        &self,
        req: S3Request<dto::CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<dto::CreateMultipartUploadOutput>> {
        self.create_upload(req.input).await
    }

    async fn upload_part(&self, req: S3Request<dto::UploadPartInput>) -> S3Result<S3Response<dto::UploadPartOutput>> {
        self.receive_part(req).await
    }

    async fn list_parts(&self, req: S3Request<dto::ListPartsInput>) -> S3Result<S3Response<dto::ListPartsOutput>> {
        self.list_stored_parts(req.input).await
    }

    async fn complete_multipart_upload(
        &self,
        req: S3Request<dto::CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<dto::CompleteMultipartUploadOutput>> {
        self.complete_upload(req.input).await
    }

    async fn abort_multipart_upload(
        &self,
        req: S3Request<dto::AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<dto::AbortMultipartUploadOutput>> {
        self.abort_upload(req.input).await
    }

    async fn list_multipart_uploads(
        &self,
        req: S3Request<dto::ListMultipartUploadsInput>,
    ) -> S3Result<S3Response<dto::ListMultipartUploadsOutput>> {
        self.list_open_uploads(req.input).await
    }

    async fn put_object(&self, req: S3Request<dto::PutObjectInput>) -> S3Result<S3Response<dto::PutObjectOutput>> {
        self.receive_object(req).await
    }

    async fn get_object(&self, req: S3Request<dto::GetObjectInput>) -> S3Result<S3Response<dto::GetObjectOutput>> {
        self.send_object(req).await
    }

    async fn head_object(&self, req: S3Request<dto::HeadObjectInput>) -> S3Result<S3Response<dto::HeadObjectOutput>> {
        self.describe_object(req.input).await
    }

    async fn delete_object(
        &self,
        req: S3Request<dto::DeleteObjectInput>,
    ) -> S3Result<S3Response<dto::DeleteObjectOutput>> {
        self.delete_one(req.input).await
    }

    async fn delete_objects(
        &self,
        req: S3Request<dto::DeleteObjectsInput>,
    ) -> S3Result<S3Response<dto::DeleteObjectsOutput>> {
        self.delete_many(req.input).await
    }

    async fn list_objects_v2(
        &self,
        req: S3Request<dto::ListObjectsV2Input>,
    ) -> S3Result<S3Response<dto::ListObjectsV2Output>> {
        self.list_stored_objects(req.input).await
    }
}

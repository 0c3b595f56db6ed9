//! Whole objects, as the bucket knows them.

use std::ops::Range;

use bytes::Bytes;
use sealdrop_api::uploads::strong_etag;

use super::{client::Bucket, failure::BucketError};

/// What the bucket says about an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObjectHead {
    pub(crate) len: u64,
    /// With the quotes.
    pub(crate) etag: String,
}

/// Below this are the objects of this program.
pub(crate) const OBJECTS: &str = "o/";

impl Bucket {
    /// Size and `ETag`; none if there is no such object.
    pub(crate) async fn head(&self, key: &str) -> Result<Option<ObjectHead>, BucketError> {
        match self
            .client
            .head_object()
            .bucket(&self.name)
            .key(key)
            .send()
            .await
            .map_err(BucketError::from)
        {
            Ok(head) => Ok(Some(ObjectHead {
                len: head.content_length.and_then(|len| u64::try_from(len).ok()).unwrap_or(0),
                etag: strong_etag(&head.e_tag.unwrap_or_default()),
            })),
            Err(BucketError::Missing) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// At most 1,000 keys below `o/` that follow `after`, in the order of their bytes; and whether there are more.
    pub(crate) async fn list_keys(&self, after: &str) -> Result<(Vec<String>, bool), BucketError> {
        let listed = self
            .client
            .list_objects_v2()
            .bucket(&self.name)
            .prefix(OBJECTS)
            .start_after(after)
            .max_keys(1000)
            .send()
            .await?;
        let is_cut = listed.is_truncated.unwrap_or(false);
        let keys = listed.contents.unwrap_or_default().into_iter();
        Ok((keys.filter_map(|object| object.key).collect(), is_cut))
    }

    /// The first `len` bytes of an object.
    pub(crate) async fn read_start(&self, key: &str, len: usize) -> Result<Bytes, BucketError> {
        let range = format!("bytes=0-{}", len.saturating_sub(1));
        let got = self
            .client
            .get_object()
            .bucket(&self.name)
            .key(key)
            .range(range)
            .send()
            .await?;
        let read = got
            .body
            .collect()
            .await
            .map_err(|error| BucketError::Away(error.to_string()))?;
        Ok(read.into_bytes())
    }

    /// Whether these bytes of an object can be read, all of them. For the embedded bucket, which is on this machine: it answers 500
    /// where a file of it is missing.
    pub(crate) async fn can_read(&self, key: &str, bytes: Range<u64>) -> Result<bool, BucketError> {
        let range = format!("bytes={}-{}", bytes.start, bytes.end.saturating_sub(1));
        let got = self
            .client
            .get_object()
            .bucket(&self.name)
            .key(key)
            .range(range)
            .send()
            .await
            .map_err(BucketError::from);
        let body = match got {
            Ok(got) => got.body.collect().await,
            Err(BucketError::Missing | BucketError::Away(_)) => return Ok(false),
            Err(error) => return Err(error),
        };
        // An answer that ends too early: the file behind it is not there, or shorter.
        Ok(body.is_ok_and(|body| body.into_bytes().len() as u64 == bytes.end - bytes.start))
    }

    /// Removes an object; one that is not there is removed already.
    pub(crate) async fn delete(&self, key: &str) -> Result<(), BucketError> {
        match self
            .client
            .delete_object()
            .bucket(&self.name)
            .key(key)
            .send()
            .await
            .map_err(BucketError::from)
        {
            Ok(_) | Err(BucketError::Missing) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

//! Multipart uploads, as the bucket knows them.

use aws_sdk_s3::{
    config::{Config, timeout::TimeoutConfig},
    types::{CompletedMultipartUpload, CompletedPart},
};
use sealdrop_api::uploads::strong_etag;

use super::{
    client::{Bucket, COMPLETE_PATIENCE},
    failure::BucketError,
};

/// A part that the bucket holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedPart {
    pub(crate) n: u32,
    pub(crate) len: u64,
    /// With the quotes, as S3 sends it.
    pub(crate) etag: String,
}

/// Up to 1,000 parts.
#[derive(Debug, Default)]
pub(crate) struct PartPage {
    pub(crate) parts: Vec<ListedPart>,
    /// What to ask `after` for the next page.
    pub(crate) next: Option<u32>,
}

/// A multipart upload that the bucket lists.
#[derive(Debug)]
pub(crate) struct UnfinishedUpload {
    pub(crate) key: String,
    pub(crate) upload_id: String,
    /// Milliseconds since 1970, by the bucket's clock.
    pub(crate) begun_at: i64,
}

/// Marker of a listing of unfinished uploads: key and upload id of the last one on the page before.
pub(crate) type UnfinishedMarker = (String, String);

/// One attempt for each part. S3 lists only the one that was stored last; SeaweedFS lists every one that was ever sent.
fn newest_attempts<T: Ord>(mut found: Vec<(T, ListedPart)>) -> Vec<ListedPart> {
    found.sort_by(|(at, part), (other_at, other)| (part.n, at).cmp(&(other.n, other_at)));
    let mut parts: Vec<ListedPart> = Vec::with_capacity(found.len());
    for (_, part) in found {
        match parts.last_mut() {
            Some(last) if last.n == part.n => *last = part,
            _ => parts.push(part),
        }
    }
    parts
}

impl Bucket {
    /// Begins a multipart upload and answers the bucket's name for it.
    pub(crate) async fn begin_multipart(&self, key: &str) -> Result<String, BucketError> {
        let begun = self
            .client
            .create_multipart_upload()
            .bucket(&self.name)
            .key(key)
            .content_type("application/octet-stream")
            .send()
            .await?;
        begun
            .upload_id
            .ok_or_else(|| BucketError::Refused("it began an upload without an id".to_owned()))
    }

    /// One page of the parts that the bucket holds, in ascending order.
    pub(crate) async fn list_parts(&self, key: &str, upload_id: &str, after: u32) -> Result<PartPage, BucketError> {
        let marker = (after > 0).then(|| after.to_string());
        let listed = self
            .client
            .list_parts()
            .bucket(&self.name)
            .key(key)
            .upload_id(upload_id)
            .set_part_number_marker(marker)
            .max_parts(1000)
            .send()
            .await?;
        let truncated = listed.is_truncated.unwrap_or(false);
        let mut found = Vec::new();
        for part in listed.parts.unwrap_or_default() {
            let (Some(n), Some(len), Some(etag)) = (
                part.part_number.and_then(|n| u32::try_from(n).ok()),
                part.size.and_then(|len| u64::try_from(len).ok()),
                part.e_tag,
            ) else {
                continue;
            };
            let stored_at = part.last_modified.map(|at| (at.secs(), at.subsec_nanos()));
            let etag = strong_etag(&etag);
            found.push((stored_at, ListedPart { n, len, etag }));
        }
        let parts = newest_attempts(found);
        let next = if truncated {
            parts.last().map(|part| part.n).filter(|last| *last > after)
        } else {
            None
        };
        Ok(PartPage { parts, next })
    }

    /// All parts that the bucket holds: at most 10,000, in ten pages.
    pub(crate) async fn list_all_parts(&self, key: &str, upload_id: &str) -> Result<Vec<ListedPart>, BucketError> {
        let mut all = Vec::new();
        let mut after = 0;
        loop {
            let page = self.list_parts(key, upload_id, after).await?;
            all.extend(page.parts);
            match page.next {
                Some(next) => after = next,
                None => return Ok(all),
            }
        }
    }

    /// Puts the parts together. The caller checks the result with [`Bucket::head`]: an answer of 200 may hold an error,
    /// and a lost one may have been a success.
    pub(crate) async fn complete_multipart(
        &self,
        key: &str,
        upload_id: &str,
        parts: &[ListedPart],
    ) -> Result<(), BucketError> {
        let parts = parts
            .iter()
            .map(|part| {
                let number = i32::try_from(part.n).unwrap_or(i32::MAX);
                CompletedPart::builder().part_number(number).e_tag(&part.etag).build()
            })
            .collect();
        let patience = TimeoutConfig::builder()
            .read_timeout(COMPLETE_PATIENCE)
            .operation_attempt_timeout(COMPLETE_PATIENCE)
            .operation_timeout(COMPLETE_PATIENCE)
            .build();
        self.client
            .complete_multipart_upload()
            .bucket(&self.name)
            .key(key)
            .upload_id(upload_id)
            .multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(parts)).build())
            .customize()
            .config_override(Config::builder().timeout_config(patience))
            .send()
            .await?;
        Ok(())
    }

    /// Gives a multipart upload up and waits until the bucket lists no part of it: one on its way may still have landed.
    pub(crate) async fn abort_multipart(&self, key: &str, upload_id: &str) -> Result<(), BucketError> {
        for _ in 0..5 {
            let aborted = self
                .client
                .abort_multipart_upload()
                .bucket(&self.name)
                .key(key)
                .upload_id(upload_id)
                .send()
                .await;
            match aborted.map_err(BucketError::from) {
                Ok(_) => {}
                Err(BucketError::NoSuchUpload | BucketError::Missing) => return Ok(()),
                Err(error) => return Err(error),
            }
            match self.list_parts(key, upload_id, 0).await {
                Ok(page) if page.parts.is_empty() => return Ok(()),
                Ok(_) => {}
                Err(BucketError::NoSuchUpload | BucketError::Missing) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Err(BucketError::Away(
            "parts keep arriving for an aborted upload".to_owned(),
        ))
    }

    /// Up to 1,000 unfinished multipart uploads below `o/` after the given place, and the place to go on from.
    pub(crate) async fn list_unfinished(
        &self,
        after: Option<UnfinishedMarker>,
    ) -> Result<(Vec<UnfinishedUpload>, Option<UnfinishedMarker>), BucketError> {
        let (key, upload_id) = after.unzip();
        let listed = self
            .client
            .list_multipart_uploads()
            .bucket(&self.name)
            .prefix("o/")
            .set_key_marker(key)
            .set_upload_id_marker(upload_id)
            .max_uploads(1000)
            .send()
            .await?;
        let next = listed.next_key_marker.zip(listed.next_upload_id_marker);
        let next = next.filter(|_| listed.is_truncated.unwrap_or(false));
        let uploads = listed
            .uploads
            .unwrap_or_default()
            .into_iter()
            .filter_map(|upload| {
                Some(UnfinishedUpload {
                    key: upload.key?,
                    upload_id: upload.upload_id?,
                    begun_at: upload.initiated?.to_millis().ok()?,
                })
            })
            .collect();
        Ok((uploads, next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_attempts_the_last_one_stands() {
        let part = |n, etag: &str| ListedPart {
            n,
            len: 5,
            etag: etag.to_owned(),
        };
        let found = vec![(9, part(2, "late")), (1, part(1, "only")), (3, part(2, "early"))];
        let etags: Vec<String> = newest_attempts(found).into_iter().map(|part| part.etag).collect();
        assert_eq!(etags, ["only", "late"]);
    }
}

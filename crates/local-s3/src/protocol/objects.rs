//! Whole objects: put, get, head, delete.

use std::{ops::Range, sync::Arc};

use futures::TryStreamExt as _;
use http_body::Frame;
use http_body_util::StreamBody;
use s3s::{
    S3Error, S3Request, S3Response, S3Result,
    dto::{self, ETag, StreamingBlob},
    s3_error,
};

use super::{
    Bucket,
    checksums::{DeclaredChecksums, declared_checksums},
    conditions::{ReadConditions, modified, range_refused, write_condition},
    fair_semaphore::Claimant,
    read_permits::pieces,
    responses::object_response,
};
use crate::store::{ObjectReader, Store, StoreError, StoredObject};

impl Bucket {
    pub(super) async fn receive_object(
        &self,
        req: S3Request<dto::PutObjectInput>,
    ) -> S3Result<S3Response<dto::PutObjectOutput>> {
        let who = Claimant::of(&req, &req.input.key);
        let S3Request {
            mut input,
            headers,
            trailing_headers,
            ..
        } = req;
        self.check_name(&input.bucket)?;
        if input.write_offset_bytes.is_some() {
            return Err(s3_error!(NotImplemented, "Objects do not grow."));
        }
        let condition = write_condition(input.if_match.take(), input.if_none_match.take())?;
        let checksums = declared_checksums!(input);
        let promised = DeclaredChecksums::new(input.content_md5.as_deref(), checksums, &headers, trailing_headers)?;
        let permit = self.write_permits.acquire(&who).await?;
        let len = self.check_len(input.content_length)?;
        let body = self.receive(input.body.take(), len, &promised, &permit).await?;
        let checksums = body.checksums.checksums;
        let object = self
            .on_disk(move |store| store.put_object(&input.key, body.file, body.checksums.tag, body.len, &condition))
            .await?;
        Ok(S3Response::new(dto::PutObjectOutput {
            e_tag: Some(ETag::Strong(object.etag.clone())),
            checksum_crc32: checksums.checksum_crc32,
            checksum_crc32c: checksums.checksum_crc32c,
            checksum_crc64nvme: checksums.checksum_crc64nvme,
            checksum_sha1: checksums.checksum_sha1,
            checksum_sha256: checksums.checksum_sha256,
            ..Default::default()
        }))
    }

    pub(super) async fn send_object(
        &self,
        req: S3Request<dto::GetObjectInput>,
    ) -> S3Result<S3Response<dto::GetObjectOutput>> {
        let permit = self.read_permit(&req).await?;
        let input = req.input;
        self.check_name(&input.bucket)?;
        let object = self.object(&input.key).await?;
        let conditions = ReadConditions {
            if_match: input.if_match,
            if_none_match: input.if_none_match,
            if_modified_since: input.if_modified_since,
            if_unmodified_since: input.if_unmodified_since,
        };
        conditions.check(&object)?;
        let asked = asked_range(&object, input.range, input.part_number)?;
        let range = asked.clone().unwrap_or(0..object.size);
        let (opened, reading) = (Arc::clone(&object), range.clone());
        let reader = self
            .on_disk(move |_| ObjectReader::open(opened, reading).map_err(StoreError::from))
            .await?;
        // Behind a mutex: a stream of S3 must be `Sync`, a file that moves between threads is not polled by two.
        let body = s3s::Body::http_body_unsync(StreamBody::new(pieces(reader, permit).map_ok(Frame::data)));
        Ok(object_response(dto::GetObjectOutput {
            body: Some(StreamingBlob::from(body)),
            content_length: i64::try_from(range.end - range.start).ok(),
            content_range: asked.map(|range| content_range(&range, object.size)),
            accept_ranges: Some("bytes".to_owned()),
            e_tag: Some(ETag::Strong(object.etag.clone())),
            last_modified: Some(modified(&object).into()),
            parts_count: parts_count(&object, input.part_number),
            ..Default::default()
        }))
    }

    pub(super) async fn describe_object(
        &self,
        input: dto::HeadObjectInput,
    ) -> S3Result<S3Response<dto::HeadObjectOutput>> {
        self.check_name(&input.bucket)?;
        let object = self.object(&input.key).await?;
        let conditions = ReadConditions {
            if_match: input.if_match,
            if_none_match: input.if_none_match,
            if_modified_since: input.if_modified_since,
            if_unmodified_since: input.if_unmodified_since,
        };
        conditions.check(&object)?;
        let asked = asked_range(&object, input.range, input.part_number)?;
        let range = asked.clone().unwrap_or(0..object.size);
        let mut response = object_response(dto::HeadObjectOutput {
            content_length: i64::try_from(range.end - range.start).ok(),
            content_range: asked.as_ref().map(|range| content_range(range, object.size)),
            accept_ranges: Some("bytes".to_owned()),
            e_tag: Some(ETag::Strong(object.etag.clone())),
            last_modified: Some(modified(&object).into()),
            parts_count: parts_count(&object, input.part_number),
            ..Default::default()
        });
        response.status = asked.map(|_| http::StatusCode::PARTIAL_CONTENT);
        Ok(response)
    }

    pub(super) async fn delete_one(
        &self,
        input: dto::DeleteObjectInput,
    ) -> S3Result<S3Response<dto::DeleteObjectOutput>> {
        self.check_name(&input.bucket)?;
        if input.if_match_last_modified_time.is_some() || input.if_match_size.is_some() || input.version_id.is_some() {
            return Err(s3_error!(
                NotImplemented,
                "DeleteObject knows If-Match, and no versions."
            ));
        }
        let condition = write_condition(input.if_match, None)?;
        self.on_disk(move |store| store.delete_object(&input.key, &condition))
            .await?;
        Ok(S3Response::new(dto::DeleteObjectOutput::default()))
    }

    pub(super) async fn delete_many(
        &self,
        input: dto::DeleteObjectsInput,
    ) -> S3Result<S3Response<dto::DeleteObjectsOutput>> {
        self.check_name(&input.bucket)?;
        let dto::Delete { objects, quiet } = input.delete;
        if objects.is_empty() || objects.len() > 1000 {
            return Err(s3_error!(
                MalformedXML,
                "Between 1 and 1000 keys can be deleted at once."
            ));
        }
        let outcomes = self
            .on_disk(move |store| {
                Ok(objects
                    .into_iter()
                    .map(|object| delete_listed(store, object))
                    .collect::<Vec<_>>())
            })
            .await?;
        let mut output = dto::DeleteObjectsOutput::default();
        for outcome in outcomes {
            match outcome {
                Ok(_) if quiet == Some(true) => {}
                Ok(key) => {
                    let deleted = dto::DeletedObject {
                        key: Some(key),
                        ..Default::default()
                    };
                    output.deleted.get_or_insert_default().push(deleted);
                }
                Err((key, error)) => output.errors.get_or_insert_default().push(dto::Error {
                    code: Some(error.code().as_str().to_owned()),
                    message: error.message().map(str::to_owned),
                    key: Some(key),
                    ..Default::default()
                }),
            }
        }
        Ok(S3Response::new(output))
    }
}

fn delete_listed(store: &Store, object: dto::ObjectIdentifier) -> Result<String, (String, S3Error)> {
    let deleted = write_condition(object.e_tag.map(dto::ETagCondition::ETag), None)
        .and_then(|condition| store.delete_object(&object.key, &condition).map_err(S3Error::from));
    match deleted {
        Ok(()) => Ok(object.key),
        Err(error) => Err((object.key, error)),
    }
}

fn asked_range(
    object: &StoredObject,
    range: Option<dto::Range>,
    part_number: Option<i32>,
) -> S3Result<Option<Range<u64>>> {
    match (range, part_number) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(s3_error!(InvalidRequest, "Range and partNumber exclude each other.")),
        (Some(range), None) => match range.check(object.size) {
            Ok(range) if range.start < range.end => Ok(Some(range)),
            _ => Err(range_refused(object.size)),
        },
        (None, Some(n)) => {
            let mut start = 0;
            for (part, number) in object.parts.iter().zip(1..) {
                if number == n {
                    return Ok(Some(start..start + part.len));
                }
                start += part.len;
            }
            Err(range_refused(object.size))
        }
    }
}

fn content_range(range: &Range<u64>, size: u64) -> String {
    format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1))
}

/// S3 returns the number of parts with a request for one of them.
fn parts_count(object: &StoredObject, part_number: Option<i32>) -> Option<i32> {
    part_number
        .filter(|_| object.multipart)
        .and_then(|_| i32::try_from(object.parts.len()).ok())
}

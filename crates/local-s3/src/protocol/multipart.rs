//! The life of a multipart upload.

use s3s::{
    S3Request, S3Response, S3Result,
    dto::{self, ETag},
    s3_error,
};

use super::{
    Bucket,
    checksums::{DeclaredChecksums, declared_checksums},
    conditions::{instant, write_condition},
    fair_semaphore::Claimant,
    listing::{page_size, url_encode},
};

/// Highest part number of S3.
const MAX_PART_NUMBER: i32 = 10_000;

impl Bucket {
    pub(super) async fn create_upload(
        &self,
        input: dto::CreateMultipartUploadInput,
    ) -> S3Result<S3Response<dto::CreateMultipartUploadOutput>> {
        self.check_name(&input.bucket)?;
        let key = input.key.clone();
        let upload = self.on_disk(move |store| store.create_upload(&key)).await?;
        Ok(S3Response::new(dto::CreateMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(upload.data.id.to_string()),
            checksum_algorithm: input.checksum_algorithm,
            ..Default::default()
        }))
    }

    pub(super) async fn receive_part(
        &self,
        req: S3Request<dto::UploadPartInput>,
    ) -> S3Result<S3Response<dto::UploadPartOutput>> {
        let who = Claimant::of(&req, &req.input.key);
        let S3Request {
            mut input,
            headers,
            trailing_headers,
            ..
        } = req;
        self.check_name(&input.bucket)?;
        let n = part_number(input.part_number)?;
        let checksums = declared_checksums!(input);
        let mut promised = DeclaredChecksums::new(input.content_md5.as_deref(), checksums, &headers, trailing_headers)?;
        if who.is_presigned() {
            promised.tag_quickly();
        }
        let permit = self.write_permits.acquire(&who).await?;
        let upload = self.store.upload(&input.key, &input.upload_id)?;
        let len = self.check_len(input.content_length)?;
        let body = self.receive(input.body.take(), len, &promised, &permit).await?;
        let checksums = body.checksums.checksums;
        let part = self
            .on_disk(move |store| store.store_part(&upload, n, body.file, body.checksums.tag, body.len))
            .await?;
        Ok(S3Response::new(dto::UploadPartOutput {
            e_tag: Some(ETag::Strong(part.etag())),
            checksum_crc32: checksums.checksum_crc32,
            checksum_crc32c: checksums.checksum_crc32c,
            checksum_crc64nvme: checksums.checksum_crc64nvme,
            checksum_sha1: checksums.checksum_sha1,
            checksum_sha256: checksums.checksum_sha256,
            ..Default::default()
        }))
    }

    pub(super) async fn list_stored_parts(
        &self,
        input: dto::ListPartsInput,
    ) -> S3Result<S3Response<dto::ListPartsOutput>> {
        self.check_name(&input.bucket)?;
        let max = page_size(input.max_parts, "max-parts")?;
        let marker = input.part_number_marker.unwrap_or(0);
        let after = u16::try_from(marker.clamp(0, MAX_PART_NUMBER)).unwrap_or(0);
        let (key, id) = (input.key.clone(), input.upload_id.clone());
        let (parts, more, started_ms) = self
            .on_disk(move |store| {
                let upload = store.upload(&key, &id)?;
                let (parts, more) = store.parts(&upload, after, max);
                Ok((parts, more, upload.started_ms))
            })
            .await?;
        let next = parts.last().map(|part| i32::from(part.n));
        let listed = parts.iter().map(|part| dto::Part {
            part_number: Some(i32::from(part.n)),
            e_tag: Some(ETag::Strong(part.etag())),
            size: i64::try_from(part.len).ok(),
            // The order of a part is its time, in microseconds.
            last_modified: Some(instant((part.seq / 1000).max(started_ms)).into()),
            ..Default::default()
        });
        Ok(S3Response::new(dto::ListPartsOutput {
            parts: Some(listed.collect()),
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(input.upload_id),
            max_parts: i32::try_from(max).ok(),
            part_number_marker: Some(marker),
            is_truncated: Some(more),
            next_part_number_marker: next.filter(|_| more),
            ..Default::default()
        }))
    }

    pub(super) async fn complete_upload(
        &self,
        input: dto::CompleteMultipartUploadInput,
    ) -> S3Result<S3Response<dto::CompleteMultipartUploadOutput>> {
        self.check_name(&input.bucket)?;
        let condition = write_condition(input.if_match, input.if_none_match)?;
        let mut listed = Vec::new();
        for part in input.multipart_upload.and_then(|list| list.parts).unwrap_or_default() {
            let (Some(n), Some(etag)) = (part.part_number, part.e_tag) else {
                return Err(s3_error!(MalformedXML, "Every part needs its PartNumber and its ETag."));
            };
            listed.push((n, etag.into_value()));
        }
        let (key, id) = (input.key.clone(), input.upload_id);
        let object = self
            .on_disk(move |store| store.complete_upload(&key, &id, &listed, &condition))
            .await?;
        Ok(S3Response::new(dto::CompleteMultipartUploadOutput {
            location: Some(format!("/{}/{}", input.bucket, url_encode(&input.key))),
            bucket: Some(input.bucket),
            key: Some(input.key),
            e_tag: Some(ETag::Strong(object.etag.clone())),
            ..Default::default()
        }))
    }

    pub(super) async fn abort_upload(
        &self,
        input: dto::AbortMultipartUploadInput,
    ) -> S3Result<S3Response<dto::AbortMultipartUploadOutput>> {
        self.check_name(&input.bucket)?;
        self.on_disk(move |store| store.abort_upload(&input.key, &input.upload_id))
            .await?;
        Ok(S3Response::new(dto::AbortMultipartUploadOutput::default()))
    }
}

fn part_number(n: i32) -> S3Result<u16> {
    match u16::try_from(n) {
        Ok(part) if part >= 1 && n <= MAX_PART_NUMBER => Ok(part),
        _ => Err(s3_error!(
            InvalidArgument,
            "A part number is at least 1 and at most 10000."
        )),
    }
}

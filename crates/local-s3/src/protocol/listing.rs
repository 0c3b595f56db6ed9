//! The listings of the bucket, in pages.

use std::fmt::Write as _;

use s3s::{
    S3Response, S3Result,
    dto::{self, ETag},
    s3_error,
};

use super::{
    Bucket,
    conditions::{instant, modified},
};
use crate::store::{DataId, ObjectFilter};

/// Entries of a page at most, and unless asked otherwise.
const PAGE: usize = 1000;

impl Bucket {
    pub(super) async fn list_stored_objects(
        &self,
        input: dto::ListObjectsV2Input,
    ) -> S3Result<S3Response<dto::ListObjectsV2Output>> {
        self.check_name(&input.bucket)?;
        let max = page_size(input.max_keys, "max-keys")?;
        let after = match &input.continuation_token {
            Some(token) => Some(read_token(token)?),
            None => input.start_after.clone(),
        };
        let filter = ObjectFilter {
            prefix: input.prefix.clone().unwrap_or_default(),
            delimiter: input.delimiter.clone(),
            after,
            max,
        };
        // A page of nothing has no next page, whatever there is.
        let listed = if max == 0 {
            Default::default()
        } else {
            self.on_disk(move |s| Ok(s.list_objects(&filter))).await?
        };
        let encode = key_encoder(input.encoding_type.as_ref());
        let contents: Vec<_> = listed
            .objects
            .iter()
            .map(|object| dto::Object {
                key: Some(encode(&object.key)),
                size: i64::try_from(object.size).ok(),
                e_tag: Some(ETag::Strong(object.etag.clone())),
                last_modified: Some(modified(object).into()),
                ..Default::default()
            })
            .collect();
        let prefixes: Vec<_> = listed
            .common_prefixes
            .iter()
            .map(|prefix| dto::CommonPrefix {
                prefix: Some(encode(prefix)),
            })
            .collect();
        Ok(S3Response::new(dto::ListObjectsV2Output {
            name: Some(input.bucket),
            key_count: i32::try_from(contents.len() + prefixes.len()).ok(),
            contents: Some(contents),
            common_prefixes: (!prefixes.is_empty()).then_some(prefixes),
            is_truncated: Some(listed.next_after.is_some()),
            next_continuation_token: listed.next_after.map(hex::encode),
            max_keys: i32::try_from(max).ok(),
            prefix: input.prefix.map(|prefix| encode(&prefix)),
            delimiter: input.delimiter.map(|delimiter| encode(&delimiter)),
            start_after: input.start_after.map(|after| encode(&after)),
            continuation_token: input.continuation_token,
            encoding_type: input.encoding_type,
            ..Default::default()
        }))
    }

    pub(super) async fn list_open_uploads(
        &self,
        input: dto::ListMultipartUploadsInput,
    ) -> S3Result<S3Response<dto::ListMultipartUploadsOutput>> {
        self.check_name(&input.bucket)?;
        if input.delimiter.as_ref().is_some_and(|delimiter| !delimiter.is_empty()) {
            return Err(s3_error!(
                NotImplemented,
                "Uploads are listed one by one, without a delimiter."
            ));
        }
        let max = page_size(input.max_uploads, "max-uploads")?;
        let prefix = input.prefix.clone().unwrap_or_default();
        let key_marker = input.key_marker.clone().filter(|marker| !marker.is_empty());
        let id_marker = match input.upload_id_marker.as_deref().filter(|marker| !marker.is_empty()) {
            Some(marker) => Some(
                DataId::parse(marker)
                    .ok_or_else(|| s3_error!(InvalidArgument, "upload-id-marker is no id of an upload."))?,
            ),
            None => None,
        };
        let (uploads, more) = self
            .on_disk(move |store| {
                Ok(store.list_uploads(&prefix, key_marker.as_deref().map(|key| (key, id_marker)), max))
            })
            .await?;
        let encode = key_encoder(input.encoding_type.as_ref());
        let last = uploads.last().filter(|_| more);
        Ok(S3Response::new(dto::ListMultipartUploadsOutput {
            bucket: Some(input.bucket),
            is_truncated: Some(more && !uploads.is_empty()),
            next_key_marker: last.map(|upload| encode(&upload.key)),
            next_upload_id_marker: last.map(|upload| upload.data.id.to_string()),
            uploads: Some(
                uploads
                    .iter()
                    .map(|upload| dto::MultipartUpload {
                        key: Some(encode(&upload.key)),
                        upload_id: Some(upload.data.id.to_string()),
                        initiated: Some(instant(upload.started_ms).into()),
                        ..Default::default()
                    })
                    .collect(),
            ),
            max_uploads: i32::try_from(max).ok(),
            prefix: input.prefix.map(|prefix| encode(&prefix)),
            key_marker: input.key_marker.map(|marker| encode(&marker)),
            upload_id_marker: input.upload_id_marker,
            encoding_type: input.encoding_type,
            ..Default::default()
        }))
    }
}

pub(super) fn page_size(asked: Option<i32>, name: &'static str) -> S3Result<usize> {
    match asked.map(usize::try_from) {
        None => Ok(PAGE),
        Some(Ok(asked)) => Ok(asked.min(PAGE)),
        Some(Err(_)) => Err(s3_error!(InvalidArgument, "{name} is not a number of entries.")),
    }
}

/// Tokens are hex, so that a key in one needs no escaping in a query.
fn read_token(token: &str) -> S3Result<String> {
    hex::decode(token)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| s3_error!(InvalidArgument, "This continuation token was not made here."))
}

fn key_encoder(encoding: Option<&dto::EncodingType>) -> fn(&str) -> String {
    if encoding.is_some_and(|encoding| encoding.as_str() == dto::EncodingType::URL) {
        url_encode
    } else {
        str::to_owned
    }
}

/// Percent-encoding of S3: slashes stay.
pub(super) fn url_encode(key: &str) -> String {
    let mut encoded = String::with_capacity(key.len());
    for byte in key.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                encoded.push(char::from(byte));
            }
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

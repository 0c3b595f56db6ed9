//! What a client says about a body is checked, and a refused body leaves nothing behind.

use anyhow::ensure;
use aws_sdk_s3::{
    operation::{put_object::builders::PutObjectFluentBuilder, upload_part::builders::UploadPartFluentBuilder},
    primitives::ByteStream,
    types::ChecksumAlgorithm,
};
use base64ct::{Base64, Encoding as _};
use md5::{Digest as _, Md5};
use sha2::Sha256;

use super::{
    bench::{Bench, MIB, bytes, ensure_same, etag_of, seen},
    case::{Case, case},
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case!(content_md5_that_fits, "200"),
        case!(content_md5_that_does_not_fit, "400 BadDigest"),
        case!(content_md5_that_is_none, "400 InvalidDigest", Seaweed: "400 BadDigest", "refused under another name"),
        case!(part_with_a_wrong_content_md5, "400 BadDigest"),
        case!(sha256_that_fits, "200"),
        case!(sha256_that_does_not_fit, "400 BadDigest"),
        case!(part_with_a_wrong_sha256, "400 BadDigest"),
        case!(crc32_of_the_sdk, "200"),
        case!(crc32c_of_the_sdk, "200"),
        case!(crc64nvme_of_the_sdk, "200"),
        case!(sha1_of_the_sdk, "200"),
        case!(default_checksums_of_the_sdk, "200"),
        case!(default_checksums_of_a_multipart_upload, "200"),
    ]
}

/// What a PUT with more to it sees; a body that was refused is not stored, another one is.
async fn seen_with(
    b: &Bench,
    change: impl FnOnce(PutObjectFluentBuilder) -> PutObjectFluentBuilder,
) -> anyhow::Result<String> {
    let key = b.key("object");
    let request = b.put_request(&key).body(ByteStream::from_static(b"the body"));
    let put = change(request).send().await;
    match &put {
        Ok(_) => ensure_same(&b.get(&key).await?, b"the body")?,
        Err(_) => ensure!(b.get_status(&key).await == "404 NoSuchKey", "a refused body was stored"),
    }
    Ok(seen(&put, "200"))
}

async fn content_md5_that_fits(b: &Bench) -> anyhow::Result<String> {
    seen_with(b, |put| {
        put.content_md5(Base64::encode_string(&Md5::digest(b"the body")))
    })
    .await
}

async fn content_md5_that_does_not_fit(b: &Bench) -> anyhow::Result<String> {
    seen_with(b, |put| {
        put.content_md5(Base64::encode_string(&Md5::digest(b"another")))
    })
    .await
}

async fn content_md5_that_is_none(b: &Bench) -> anyhow::Result<String> {
    seen_with(b, |put| put.content_md5("bm90IGEgc3Vt")).await
}

async fn sha256_that_fits(b: &Bench) -> anyhow::Result<String> {
    seen_with(b, |put| {
        put.checksum_sha256(Base64::encode_string(&Sha256::digest(b"the body")))
    })
    .await
}

async fn sha256_that_does_not_fit(b: &Bench) -> anyhow::Result<String> {
    seen_with(b, |put| {
        put.checksum_sha256(Base64::encode_string(&Sha256::digest(b"another")))
    })
    .await
}

async fn crc32_of_the_sdk(b: &Bench) -> anyhow::Result<String> {
    seen_with(b, |put| put.checksum_algorithm(ChecksumAlgorithm::Crc32)).await
}

async fn crc32c_of_the_sdk(b: &Bench) -> anyhow::Result<String> {
    seen_with(b, |put| put.checksum_algorithm(ChecksumAlgorithm::Crc32C)).await
}

async fn crc64nvme_of_the_sdk(b: &Bench) -> anyhow::Result<String> {
    seen_with(b, |put| put.checksum_algorithm(ChecksumAlgorithm::Crc64Nvme)).await
}

async fn sha1_of_the_sdk(b: &Bench) -> anyhow::Result<String> {
    seen_with(b, |put| put.checksum_algorithm(ChecksumAlgorithm::Sha1)).await
}

/// The same of a part.
async fn seen_of_part(
    b: &Bench,
    change: impl FnOnce(UploadPartFluentBuilder) -> UploadPartFluentBuilder,
) -> anyhow::Result<String> {
    let key = b.key("object");
    let id = b.create(&key).await?;
    let request = b.part_request(&key, &id, 1).body(ByteStream::from_static(b"the body"));
    let part = change(request).send().await;
    let parts = b.parts(&key, &id).await?;
    b.forget(&key, &id).await;
    ensure!(parts.is_empty() == part.is_err(), "a refused part was stored");
    Ok(seen(&part, "200"))
}

async fn part_with_a_wrong_content_md5(b: &Bench) -> anyhow::Result<String> {
    seen_of_part(b, |part| {
        part.content_md5(Base64::encode_string(&Md5::digest(b"another")))
    })
    .await
}

async fn part_with_a_wrong_sha256(b: &Bench) -> anyhow::Result<String> {
    seen_of_part(b, |part| {
        part.checksum_sha256(Base64::encode_string(&Sha256::digest(b"another")))
    })
    .await
}

async fn default_checksums_of_the_sdk(b: &Bench) -> anyhow::Result<String> {
    let (key, body) = (b.key("object"), bytes(1, MIB + 1));
    let put = b.with_default_checksums().put_request(&key);
    let put = put.body(ByteStream::from(body.clone())).send().await;
    ensure_same(&b.get(&key).await?, &body)?;
    Ok(seen(&put, "200"))
}

async fn default_checksums_of_a_multipart_upload(b: &Bench) -> anyhow::Result<String> {
    let (key, body) = (b.key("object"), bytes(2, MIB));
    let sums = b.with_default_checksums();
    let id = sums.create_request(&key).send().await?.upload_id.unwrap_or_default();
    let request = sums.part_request(&key, &id, 1);
    let part = request.body(ByteStream::from(body.clone())).send().await?;
    ensure!(part.e_tag() == Some(&*etag_of(&body)), "ETag {:?}", part.e_tag());
    let listed = aws_sdk_s3::types::CompletedPart::builder()
        .part_number(1)
        .set_e_tag(part.e_tag)
        .set_checksum_crc32(part.checksum_crc32)
        .build();
    let list = aws_sdk_s3::types::CompletedMultipartUpload::builder()
        .parts(listed)
        .build();
    let request = sums.complete_request(&key, &id);
    let completed = request.multipart_upload(list).send().await;
    ensure_same(&b.get(&key).await?, &body)?;
    Ok(seen(&completed, "200"))
}

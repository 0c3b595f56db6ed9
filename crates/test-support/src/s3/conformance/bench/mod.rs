//! What every case works with: a client, plain HTTP, keys of its own, bytes that look random.

mod requests;

use std::time::Duration;

use anyhow::{Context as _, ensure};
use aws_sdk_s3::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::{complete_multipart_upload::CompleteMultipartUploadError, upload_part::UploadPartError},
    presigning::PresigningConfig,
    primitives::ByteStream,
    types::{CompletedMultipartUpload, CompletedPart, Part},
};
use bytes::Bytes;
use md5::{Digest as _, Md5};
use tokio::{io::AsyncReadExt as _, net::TcpStream};

use crate::s3::endpoint::{Endpoint, ServerKind};

/// 1 MiB.
pub(super) const MIB: usize = 1 << 20;

/// The tools of one case.
#[derive(Clone, Debug)]
pub struct Bench {
    pub(super) endpoint: Endpoint,
    pub(super) client: Client,
    pub(super) http: reqwest::Client,
    pub(super) bucket: String,
    run: String,
    case: &'static str,
}

impl Bench {
    pub(super) async fn new(endpoint: &Endpoint) -> anyhow::Result<Self> {
        let client = endpoint.client();
        if client.head_bucket().bucket(&endpoint.bucket).send().await.is_err() {
            // A server that has just started may need a moment before it can place a bucket.
            let mut made = client.create_bucket().bucket(&endpoint.bucket).send().await;
            for _ in 0..20 {
                if made.is_ok() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
                made = client.create_bucket().bucket(&endpoint.bucket).send().await;
            }
            made.with_context(|| format!("the bucket {:?} could not be made", endpoint.bucket))?;
        }
        let http = reqwest::Client::builder().timeout(Duration::from_secs(60)).build()?;
        let mut run = [0; 4];
        getrandom::fill(&mut run).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
        Ok(Self {
            endpoint: endpoint.clone(),
            bucket: endpoint.bucket.clone(),
            client,
            http,
            run: hex::encode(run),
            case: "",
        })
    }

    pub(super) fn of_case(&self, case: &'static str) -> Self {
        Self { case, ..self.clone() }
    }

    /// The same with the SDK as it comes, which sums every body up.
    pub(super) fn with_default_checksums(&self) -> Self {
        let (access_key, secret_key) = (&self.endpoint.access_key, &self.endpoint.secret_key);
        Self {
            client: self.endpoint.client_with(access_key, secret_key, true),
            ..self.clone()
        }
    }

    /// A key that no other case and no other run uses.
    pub(super) fn key(&self, name: &str) -> String {
        format!("{}/{}/{name}", self.run, self.case)
    }

    /// The local server may be asked for more than S3 promises.
    pub(super) fn is_local(&self) -> bool {
        self.endpoint.kind == ServerKind::Local
    }

    pub(super) async fn create(&self, key: &str) -> anyhow::Result<String> {
        let made = self.create_request(key).send().await?;
        made.upload_id.context("no upload id")
    }

    pub(super) async fn part(
        &self,
        key: &str,
        id: &str,
        n: i32,
        body: impl Into<Bytes>,
    ) -> anyhow::Result<CompletedPart> {
        Ok(self.try_part(key, id, n, body).await?)
    }

    pub(super) async fn try_part(
        &self,
        key: &str,
        id: &str,
        n: i32,
        body: impl Into<Bytes>,
    ) -> Result<CompletedPart, SdkError<UploadPartError>> {
        let body = ByteStream::from(body.into());
        let request = self.part_request(key, id, n).body(body);
        let etag = request.send().await?.e_tag;
        Ok(CompletedPart::builder().part_number(n).set_e_tag(etag).build())
    }

    /// Completes; the ETag of the object.
    pub(super) async fn complete(
        &self,
        key: &str,
        id: &str,
        parts: &[CompletedPart],
    ) -> Result<String, SdkError<CompleteMultipartUploadError>> {
        let list = CompletedMultipartUpload::builder()
            .set_parts(Some(parts.to_vec()))
            .build();
        let request = self.complete_request(key, id);
        Ok(request.multipart_upload(list).send().await?.e_tag.unwrap_or_default())
    }

    pub(super) async fn abort(&self, key: &str, id: &str) -> String {
        seen(&self.abort_request(key, id).send().await, "204")
    }

    pub(super) async fn parts(&self, key: &str, id: &str) -> anyhow::Result<Vec<Part>> {
        let listed = self.parts_request(key, id).send().await?;
        Ok(listed.parts.unwrap_or_default())
    }

    /// Tidies up after a case that leaves an upload open.
    pub(super) async fn forget(&self, key: &str, id: &str) {
        // The case is over; whether this works is the question of another one.
        let _ = self.abort_request(key, id).send().await;
    }

    pub(super) async fn put(&self, key: &str, body: impl Into<Bytes>) -> anyhow::Result<String> {
        let body = ByteStream::from(body.into());
        let put = self.put_request(key).body(body).send().await?;
        put.e_tag.context("no ETag")
    }

    pub(super) async fn get(&self, key: &str) -> anyhow::Result<Bytes> {
        let got = self.get_request(key).send().await?;
        Ok(got.body.collect().await?.into_bytes())
    }

    /// `404 NoSuchKey`, or `200` where there is an object.
    pub(super) async fn get_status(&self, key: &str) -> String {
        seen(&self.get_request(key).send().await, "200")
    }

    /// Presigned URL of an UploadPart whose length is signed.
    pub(super) async fn sign_part(&self, key: &str, id: &str, n: i32, len: usize, ttl: u64) -> anyhow::Result<String> {
        let request = self.part_request(key, id, n);
        let signed = request
            .content_length(i64::try_from(len)?)
            .presigned(expires(ttl)?)
            .await?;
        Ok(signed.uri().to_owned())
    }

    pub(super) async fn sign_get(&self, key: &str, ttl: u64) -> anyhow::Result<String> {
        let signed = self.get_request(key).presigned(expires(ttl)?).await?;
        Ok(signed.uri().to_owned())
    }

    /// A connection of our own, for requests that no HTTP client would send.
    pub(super) async fn connect(&self) -> anyhow::Result<TcpStream> {
        Ok(TcpStream::connect(self.endpoint.authority()).await?)
    }
}

pub(super) fn expires(seconds: u64) -> anyhow::Result<PresigningConfig> {
    Ok(PresigningConfig::expires_in(Duration::from_secs(seconds))?)
}

/// Path and query of a URL of this endpoint, for a request line.
pub(super) fn target(url: &str) -> anyhow::Result<&str> {
    let rest = url.split_once("://").context("not a URL")?.1;
    Ok(&rest[rest.find('/').context("a URL without a path")?..])
}

/// Status code of the first line of an answer.
pub(super) async fn read_status(stream: &mut TcpStream) -> anyhow::Result<String> {
    let mut head = Vec::new();
    let mut buffer = [0; 1024];
    while !head.windows(2).any(|two| two == b"\r\n") {
        let got = tokio::time::timeout(Duration::from_secs(30), stream.read(&mut buffer)).await??;
        ensure!(got > 0, "the connection ended without an answer");
        head.extend_from_slice(&buffer[..got]);
    }
    let line = String::from_utf8_lossy(&head);
    Ok(line.split(' ').nth(1).context("no status")?.to_owned())
}

/// `200`, or the status and the code of the error: `400 InvalidPart`.
pub(super) fn seen<T, E>(result: &Result<T, SdkError<E>>, good: &str) -> String
where
    E: ProvideErrorMetadata,
    SdkError<E>: ProvideErrorMetadata,
{
    match result {
        Ok(_) => good.to_owned(),
        Err(error) => {
            let status = error.raw_response().map_or(0, |response| response.status().as_u16());
            // An answer without a body (HEAD) leaves the SDK to guess; only the status was sent.
            let has_body = error
                .raw_response()
                .and_then(|r| r.body().bytes())
                .is_some_and(|body| !body.is_empty());
            match error.code().filter(|_| has_body) {
                Some(code) => format!("{status} {code}"),
                None => status.to_string(),
            }
        }
    }
}

/// The same of a plain HTTP answer; reads the body.
pub(super) async fn seen_http(response: reqwest::Response) -> anyhow::Result<String> {
    let status = response.status();
    if status.is_success() {
        return Ok(status.as_u16().to_string());
    }
    let body = response.text().await.unwrap_or_default();
    let code = body
        .split_once("<Code>")
        .and_then(|(_, rest)| rest.split_once("</Code>"))
        .map(|(code, _)| code);
    Ok(match code {
        Some(code) => format!("{} {code}", status.as_u16()),
        None => status.as_u16().to_string(),
    })
}

/// `len` bytes that are the same for the same seed and otherwise look random.
pub(super) fn bytes(seed: u64, len: usize) -> Bytes {
    // xorshift64*
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut made = Vec::with_capacity(len + 8);
    while made.len() < len {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        made.extend_from_slice(&state.wrapping_mul(0x2545_F491_4F6C_DD1D).to_le_bytes());
    }
    made.truncate(len);
    made.into()
}

/// The ETag of a body, in quotes.
pub(super) fn etag_of(body: &[u8]) -> String {
    format!("\"{}\"", hex::encode(Md5::digest(body)))
}

/// The ETag of a multipart object of these parts, in quotes.
pub(super) fn multipart_etag_of(parts: &[&[u8]]) -> String {
    let sums: Vec<u8> = parts.iter().flat_map(Md5::digest).collect();
    format!("\"{}-{}\"", hex::encode(Md5::digest(sums)), parts.len())
}

/// Why two bodies are not the same, in few words.
pub(super) fn ensure_same(found: &[u8], wanted: &[u8]) -> anyhow::Result<()> {
    ensure!(
        found.len() == wanted.len(),
        "{} bytes came back, {} went in",
        found.len(),
        wanted.len()
    );
    let first = found.iter().zip(wanted).position(|(a, b)| a != b);
    ensure!(first.is_none(), "the bytes differ from offset {first:?}");
    Ok(())
}

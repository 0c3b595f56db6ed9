//! The bucket as a tower service: `s3s` behind a check that refuses what it would only half refuse, and in front of
//! a last look at every answer.

use std::{
    convert::Infallible,
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use s3s::{
    Body, S3Error, S3Result,
    auth::{S3Auth, SecretKey},
    config::{S3Config, StaticConfigProvider},
    s3_error,
    service::{S3Service, S3ServiceBuilder},
};

use crate::{
    config::LocalS3Config,
    drain_body,
    protocol::{Bucket, ObjectResponse},
    store::Store,
};

/// Longest XML body: a CompleteMultipartUpload of 10,000 parts with checksums is under 3 MB.
const MAX_XML_BYTES: usize = 4 << 20;

/// Headers that `response-*` parameters could have put on an object. It shares the origin of an application, so none of
/// them may decide what a browser takes the bytes for.
const CHOSEN_BY_THE_CLIENT: [header::HeaderName; 5] = [
    header::CONTENT_DISPOSITION,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::EXPIRES,
    header::CACHE_CONTROL,
];

/// For a browser that shows an answer of the bucket in spite of everything: it runs nothing, loads nothing, and stands in no frame.
const INERT: HeaderValue = HeaderValue::from_static(
    "sandbox; default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The bucket, ready to be mounted. Clones share it.
#[derive(Clone)]
pub struct LocalS3Service {
    inner: S3Service,
}

impl LocalS3Service {
    pub(crate) fn new(store: Arc<Store>, config: LocalS3Config) -> Self {
        let mut builder = S3ServiceBuilder::new(Bucket::new(store, &config));
        builder.set_auth(OneKeyPair {
            access_key: config.access_key,
            secret_key: config.secret_key.into(),
        });
        let mut limits = S3Config::default();
        limits.xml_max_body_size = MAX_XML_BYTES;
        limits.post_object_max_file_size = 0;
        limits.form_max_parts = 0;
        builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(limits))));
        Self { inner: builder.build() }
    }

    async fn answer(self, mut request: Request<Body>) -> Response<Body> {
        forget_what_is_for_a_proxy(&mut request);
        let answered = match refuse_at_the_door(&request) {
            Err(error) => error.to_http_response(),
            Ok(()) => self
                .inner
                .call(request)
                .await
                .map_err(|error| S3Error::with_source(s3s::S3ErrorCode::InternalError, error.into())),
        };
        let mut response = answered.unwrap_or_else(|error| {
            tracing::error!(%error, "an answer could not be written");
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        });
        make_inert(&mut response);
        response
    }
}

/// The one pair of keys that opens the bucket.
struct OneKeyPair {
    access_key: String,
    secret_key: SecretKey,
}

#[async_trait::async_trait]
impl S3Auth for OneKeyPair {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        if access_key == self.access_key {
            return Ok(self.secret_key.clone());
        }
        Err(s3_error!(InvalidAccessKeyId, "This access key is not known here."))
    }
}

/// Who is let in by a signed address brings nothing else. What is in `Authorization` then is meant for a proxy in front, which
/// asked for a name and a password and passes them on; browsers send them to the whole origin.
fn forget_what_is_for_a_proxy<B>(request: &mut Request<B>) {
    let query = request.uri().query().unwrap_or("");
    let is_presigned = query.split('&').any(|pair| pair.starts_with("X-Amz-Signature="));
    let headers = request.headers_mut();
    let is_ours = |value: &HeaderValue| value.as_bytes().starts_with(b"AWS");
    if is_presigned && !headers.get_all(header::AUTHORIZATION).iter().any(is_ours) {
        headers.remove(header::AUTHORIZATION);
    }
}

/// `s3s` holds a POST form in memory before it looks at who sent it, and compares signatures of version 2 byte by byte.
/// No client of ours needs either.
fn refuse_at_the_door<B>(request: &Request<B>) -> S3Result<()> {
    let text = |name| {
        request
            .headers()
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
            .unwrap_or("")
    };
    let is_form = text(header::CONTENT_TYPE)
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("multipart/");
    if request.method() == Method::POST && is_form {
        return Err(s3_error!(NotImplemented, "Objects are not posted as forms here."));
    }
    let query = request.uri().query().unwrap_or("");
    let names = |wanted: &str| query.split('&').any(|pair| pair.split('=').next() == Some(wanted));
    let scheme = text(header::AUTHORIZATION);
    if names("Signature") || names("AWSAccessKeyId") || (!scheme.is_empty() && !scheme.starts_with("AWS4-HMAC-SHA256"))
    {
        return Err(s3_error!(AccessDenied, "Only AWS Signature Version 4 is accepted."));
    }
    Ok(())
}

fn make_inert(response: &mut Response<Body>) {
    let is_object = response.extensions().get::<ObjectResponse>().is_some();
    let headers = response.headers_mut();
    if is_object {
        for name in CHOSEN_BY_THE_CLIENT {
            headers.remove(name);
        }
        headers.remove(header::CONTENT_TYPE);
    }
    let content_type = headers
        .entry(header::CONTENT_TYPE)
        .or_insert(HeaderValue::from_static("application/octet-stream"));
    if content_type == "application/xml" {
        *content_type = HeaderValue::from_static("application/xml; charset=utf-8");
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, INERT);
    // Ciphertext of any size under a URL that is never asked for twice: no cache has a use for it.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
}

impl<B> tower_service::Service<Request<B>> for LocalS3Service
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: std::error::Error + Send + Sync + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let expects_continue = request.headers().contains_key(header::EXPECT);
        let (parts, body) = request.into_parts();
        let (body, left) = drain_body::lend(body, expects_continue);
        let answer = self
            .clone()
            .answer(Request::from_parts(parts, Body::http_body_unsync(body)));
        Box::pin(async move {
            let mut answer = answer.await;
            if left.discard() {
                let close = HeaderValue::from_static("close");
                answer.headers_mut().insert(header::CONNECTION, close);
            }
            Ok(answer)
        })
    }
}

impl fmt::Debug for LocalS3Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalS3Service").finish_non_exhaustive()
    }
}

//! Presigned addresses, with which clients move bytes without the server in between (AWS Signature Version 4, in the query).
//!
//! The SDK runs a whole request's pipeline for each of them, which costs thirty times the signature. So its signing library is
//! asked directly. What the address of an object looks like is still the SDK's to say: it is asked once, and the answer kept.

use std::time::Duration;

use aws_sdk_s3::{config::Config, presigning::PresigningConfig};
use aws_sigv4::{
    http_request::{
        PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sealdrop_api::limits::{GET_URL_EXPIRES_IN, PUT_URL_EXPIRES_IN};

use super::{
    client::{Bucket, base},
    failure::BucketError,
};
use crate::{config::PublicEndpoint, metrics::count::count_signed, origin::Origin};

/// What S3 escapes in a query: everything but unreserved characters (RFC 3986, 2.3).
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// What S3 escapes in a path: the same, with slashes kept.
const PATH: &AsciiSet = &QUERY.remove(b'/');

/// A request that an address allows.
pub(super) struct Allowed<'a> {
    pub(super) method: &'a str,
    pub(super) key: &'a str,
    /// Escaped.
    pub(super) query: String,
    pub(super) headers: &'a [(&'a str, &'a str)],
    /// From when, by this machine's clock, and how long.
    pub(super) lives: &'a PresigningConfig,
}

impl Bucket {
    /// A PUT of exactly `len` bytes as part `n`: the length is a signed header, so no other one passes.
    pub(crate) async fn sign_part(
        &self,
        key: &str,
        upload_id: &str,
        n: u32,
        len: u64,
        origin: &Origin,
    ) -> Result<String, BucketError> {
        let lives = lives(PUT_URL_EXPIRES_IN)?;
        self.sign_part_for(key, upload_id, n, len, &lives, origin).await
    }

    /// A GET of an object, of any range of it.
    pub(crate) async fn sign_read(&self, key: &str, origin: &Origin) -> Result<String, BucketError> {
        self.sign_read_for(key, &lives(GET_URL_EXPIRES_IN)?, origin).await
    }

    async fn sign_part_for(
        &self,
        key: &str,
        upload_id: &str,
        n: u32,
        len: u64,
        lives: &PresigningConfig,
        origin: &Origin,
    ) -> Result<String, BucketError> {
        let upload_id = utf8_percent_encode(upload_id, QUERY);
        let allowed = Allowed {
            method: "PUT",
            key,
            query: format!("x-id=UploadPart&partNumber={n}&uploadId={upload_id}"),
            headers: &[("content-length", &len.to_string())],
            lives,
        };
        self.sign(&allowed, origin).await
    }

    async fn sign_read_for(&self, key: &str, lives: &PresigningConfig, origin: &Origin) -> Result<String, BucketError> {
        let allowed = Allowed {
            method: "GET",
            key,
            query: "x-id=GetObject".to_owned(),
            headers: &[],
            lives,
        };
        self.sign(&allowed, origin).await
    }

    pub(super) async fn sign(&self, allowed: &Allowed<'_>, origin: &Origin) -> Result<String, BucketError> {
        let folder = self.folder(origin).await?;
        let key = utf8_percent_encode(allowed.key, PATH);
        let mut address = match &self.public {
            PublicEndpoint::SameOrigin => format!("{}{folder}{key}?{}", origin.as_str(), allowed.query),
            PublicEndpoint::Absolute(_) => format!("{folder}{key}?{}", allowed.query),
        };
        let mut settings = SigningSettings::default();
        // What S3 wants otherwise than other services: paths as they are, escaped once.
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(allowed.lives.expires());
        let refused =
            |error: &dyn std::fmt::Display| BucketError::Refused(format!("an address cannot be signed: {error}"));
        let identity = self.credentials.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("s3")
            .time(allowed.lives.start_time())
            .settings(settings)
            .build()
            .map_err(|error| refused(&error))?
            .into();
        let request = SignableRequest::new(
            allowed.method,
            address.as_str(),
            allowed.headers.iter().copied(),
            SignableBody::UnsignedPayload,
        )
        .map_err(|error| refused(&error))?;
        let signed = sign(request, &params).map_err(|error| refused(&error))?;
        let (_, query) = signed.into_parts().0.into_parts();
        count_signed(allowed.method);
        for (name, value) in query {
            address.push('&');
            address.push_str(name);
            address.push('=');
            address.extend(utf8_percent_encode(&value, QUERY));
        }
        self.as_seen(&address, origin)
    }

    /// What stands before the keys of objects: an address for a bucket with one of its own, else a path of this origin.
    async fn folder(&self, origin: &Origin) -> Result<&str, BucketError> {
        const KEY: &str = "key";
        let folder = self.folder.get_or_try_init(|| async {
            let signed = self
                .client
                .get_object()
                .bucket(&self.name)
                .key(KEY)
                .customize()
                .config_override(Config::builder().endpoint_url(self.signed_for(origin)))
                .presigned(lives(GET_URL_EXPIRES_IN)?)
                .await?;
            let address = self.as_seen(signed.uri(), origin)?;
            let bare = address.split('?').next().unwrap_or_default();
            let folder = bare.strip_suffix(KEY);
            folder
                .map(str::to_owned)
                .ok_or_else(|| BucketError::Refused("an address does not end with its key".to_owned()))
        });
        folder.await.map(String::as_str)
    }

    fn signed_for(&self, origin: &Origin) -> String {
        match &self.public {
            PublicEndpoint::SameOrigin => origin.as_str().to_owned(),
            PublicEndpoint::Absolute(endpoint) => base(endpoint),
        }
    }

    /// On the app's own origin the URL travels without it: a proxy may know the origin by another name.
    fn as_seen(&self, uri: &str, origin: &Origin) -> Result<String, BucketError> {
        match &self.public {
            PublicEndpoint::Absolute(_) => Ok(uri.to_owned()),
            PublicEndpoint::SameOrigin => uri
                .strip_prefix(origin.as_str())
                .filter(|path| path.starts_with('/'))
                .map(str::to_owned)
                .ok_or_else(|| BucketError::Refused("a URL was signed for another origin".to_owned())),
        }
    }
}

fn lives(seconds: u64) -> Result<PresigningConfig, BucketError> {
    PresigningConfig::expires_in(Duration::from_secs(seconds)).map_err(|error| BucketError::Refused(error.to_string()))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::config::BucketConfig;

    fn bucket_at(endpoint: &str, bucket: &str, path_style: bool, is_same_origin: bool) -> (Bucket, Origin) {
        let endpoint = Url::parse(endpoint).expect("an address");
        let config = BucketConfig {
            endpoint: endpoint.clone(),
            region: "local".to_owned(),
            bucket: bucket.to_owned(),
            access_key: "id".to_owned(),
            secret_key: "secret".to_owned(),
            path_style,
            public: if is_same_origin {
                PublicEndpoint::SameOrigin
            } else {
                PublicEndpoint::Absolute(endpoint)
            },
        };
        (
            Bucket::new(&config),
            Origin::new("https", "app.test").expect("an origin"),
        )
    }

    #[tokio::test]
    async fn addresses_are_those_that_the_sdk_signs() {
        let now = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_796_000_000);
        for (endpoint, name, path_style, is_same_origin) in [
            ("https://s3.test", "bucket", true, false),
            ("https://s3.test:9000/storage/v1/", "my.bucket", true, false),
            ("https://s3.eu-central-1.wasabisys.test", "bucket", false, false),
            ("https://s3.test", "my.bucket", false, false),
            ("http://127.0.0.1:9000", "bucket", false, false),
            ("http://127.0.0.1:9000", "blobs", true, true),
        ] {
            let (bucket, origin) = bucket_at(endpoint, name, path_style, is_same_origin);
            for (key, upload_id) in [("o/key", "upload"), ("o/k y+~\u{e9}", "2~a+b/c=.-_ \u{e9}%&")] {
                let lives = |seconds| {
                    PresigningConfig::builder()
                        .start_time(now)
                        .expires_in(Duration::from_secs(seconds))
                        .build()
                        .expect("a lifetime")
                };
                let at = || Config::builder().endpoint_url(bucket.signed_for(&origin));
                let part = bucket.client.upload_part().bucket(name).key(key).upload_id(upload_id);
                let part = part
                    .part_number(17)
                    .content_length(10_485_760)
                    .customize()
                    .config_override(at());
                let part = part
                    .presigned(lives(PUT_URL_EXPIRES_IN))
                    .await
                    .expect("signed by the SDK");
                let read = bucket
                    .client
                    .get_object()
                    .bucket(name)
                    .key(key)
                    .customize()
                    .config_override(at());
                let read = read
                    .presigned(lives(GET_URL_EXPIRES_IN))
                    .await
                    .expect("signed by the SDK");
                let sdk = [part.uri(), read.uri()].map(|uri| bucket.as_seen(uri, &origin).expect("of this origin"));
                let ours = [
                    bucket
                        .sign_part_for(key, upload_id, 17, 10_485_760, &lives(PUT_URL_EXPIRES_IN), &origin)
                        .await
                        .expect("signed"),
                    bucket
                        .sign_read_for(key, &lives(GET_URL_EXPIRES_IN), &origin)
                        .await
                        .expect("signed"),
                ];
                assert_eq!(ours, sdk, "{endpoint} {name}");
            }
        }
    }

    /// Where the addresses of a bucket at `endpoint` lead, without what signs them.
    async fn addresses(endpoint: &str, bucket: &str, path_style: bool) -> Vec<String> {
        let (bucket, origin) = bucket_at(endpoint, bucket, path_style, false);
        let read = bucket.sign_read("o/key", &origin).await.expect("signed");
        let part = bucket
            .sign_part("o/key", "upload", 1, 5, &origin)
            .await
            .expect("signed");
        let bare = |url: String| url.split('?').next().unwrap_or_default().to_owned();
        vec![bare(read), bare(part)]
    }

    #[tokio::test]
    async fn x40_an_endpoint_with_a_path_keeps_its_slashes() {
        for endpoint in [
            "https://s3.test/storage/v1/s3",
            "https://s3.test/storage/v1/s3/",
            "https://s3.test/storage/v1/s3//",
        ] {
            for bucket in ["my.bucket", "bucket"] {
                let expected = format!("https://s3.test/storage/v1/s3/{bucket}/o/key");
                assert_eq!(
                    addresses(endpoint, bucket, true).await,
                    [expected.clone(), expected],
                    "{endpoint}"
                );
            }
        }
        assert_eq!(
            addresses("http://s3.test:9000", "b", true).await[0],
            "http://s3.test:9000/b/o/key"
        );
        assert_eq!(
            addresses("http://127.0.0.1:9000/x", "b1b", true).await[0],
            "http://127.0.0.1:9000/x/b1b/o/key"
        );
    }

    #[tokio::test]
    async fn x41_the_bucket_may_be_part_of_the_host() {
        for (endpoint, address) in [
            ("https://s3.test", "https://bucket.s3.test/o/key"),
            ("https://s3.test:9000/", "https://bucket.s3.test:9000/o/key"),
            ("https://s3.test/storage/v1", "https://bucket.s3.test/storage/v1/o/key"),
        ] {
            assert_eq!(
                addresses(endpoint, "bucket", false).await,
                [address, address],
                "{endpoint}"
            );
        }
    }
}

//! Presigned URLs: what lets a client move bytes without the server in between.

use std::time::Duration;

use aws_sdk_s3::{config::Config, presigning::PresigningConfig};
use sealdrop_api::limits::{GET_URL_EXPIRES_IN, PUT_URL_EXPIRES_IN};

use super::{
    client::{Bucket, base},
    failure::BucketError,
};
use crate::{config::PublicEndpoint, origin::Origin};

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
        let signed = self
            .client
            .upload_part()
            .bucket(&self.name)
            .key(key)
            .upload_id(upload_id)
            .part_number(i32::try_from(n).unwrap_or(i32::MAX))
            .content_length(i64::try_from(len).unwrap_or(i64::MAX))
            .customize()
            .config_override(Config::builder().endpoint_url(self.signed_for(origin)))
            .presigned(lives(PUT_URL_EXPIRES_IN)?)
            .await?;
        self.as_seen(signed.uri(), origin)
    }

    /// A GET of an object, of any range of it.
    pub(crate) async fn sign_read(&self, key: &str, origin: &Origin) -> Result<String, BucketError> {
        let signed = self
            .client
            .get_object()
            .bucket(&self.name)
            .key(key)
            .customize()
            .config_override(Config::builder().endpoint_url(self.signed_for(origin)))
            .presigned(lives(GET_URL_EXPIRES_IN)?)
            .await?;
        self.as_seen(signed.uri(), origin)
    }

    pub(super) fn signed_for(&self, origin: &Origin) -> String {
        match &self.public {
            PublicEndpoint::SameOrigin => origin.as_str().to_owned(),
            PublicEndpoint::Absolute(endpoint) => base(endpoint),
        }
    }

    /// On the app's own origin the URL travels without it: a proxy may know the origin by another name.
    pub(super) fn as_seen(&self, uri: &str, origin: &Origin) -> Result<String, BucketError> {
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

    /// Where the addresses of a bucket at `endpoint` lead, without what signs them.
    async fn addresses(endpoint: &str, bucket: &str, path_style: bool) -> Vec<String> {
        let endpoint = Url::parse(endpoint).expect("an address");
        let config = BucketConfig {
            endpoint: endpoint.clone(),
            region: "local".to_owned(),
            bucket: bucket.to_owned(),
            access_key: "id".to_owned(),
            secret_key: "secret".to_owned(),
            path_style,
            public: PublicEndpoint::Absolute(endpoint),
        };
        let (bucket, origin) = (
            Bucket::new(&config),
            Origin::new("https", "app.test").expect("an origin"),
        );
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

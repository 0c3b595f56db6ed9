//! Presigned URLs: what lets a client move bytes without the server in between.

use std::time::Duration;

use aws_sdk_s3::{config::Config, presigning::PresigningConfig};
use sealdrop_api::limits::{GET_URL_EXPIRES_IN, PUT_URL_EXPIRES_IN};

use super::{Bucket, BucketError};
use crate::{Origin, PublicEndpoint};

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

    fn signed_for(&self, origin: &Origin) -> String {
        match &self.public {
            PublicEndpoint::SameOrigin => origin.as_str().to_owned(),
            PublicEndpoint::Absolute(endpoint) => endpoint.as_str().to_owned(),
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

//! Whether the bucket answers, and what time it thinks it is.
//!
//! Presigned URLs carry our time. A server whose clock is more than 15 minutes off signs URLs that the bucket refuses,
//! with an error that blames the client: so readiness compares the clocks and names it.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_s3::{
    config::{
        ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeDeserializationInterceptorContextRef,
        timeout::TimeoutConfig,
    },
    error::BoxError,
};
use aws_smithy_types::date_time::{DateTime, Format};

use super::{client::Bucket, failure::BucketError};

/// What the bucket answered.
#[derive(Debug)]
pub(crate) struct Health {
    /// Milliseconds since 1970 by the header `Date`, if there was one.
    pub(crate) bucket_time: Option<i64>,
    /// Whether it let us in. A bucket whose clock disagrees refuses, and to a HEAD it cannot say why: the time tells.
    pub(crate) asked: Result<(), BucketError>,
}

impl Bucket {
    /// Asks for the bucket itself.
    pub(crate) async fn health(&self) -> Health {
        let seen = DateSeen::default();
        let patience = TimeoutConfig::builder()
            .operation_timeout(std::time::Duration::from_secs(5))
            .build();
        let asked = self
            .client
            .head_bucket()
            .bucket(&self.name)
            .customize()
            .interceptor(seen.clone())
            .config_override(aws_sdk_s3::config::Config::builder().timeout_config(patience))
            .send()
            .await;
        let bucket_time = *seen.0.lock().unwrap_or_else(PoisonError::into_inner);
        Health {
            bucket_time,
            asked: asked.map(drop).map_err(BucketError::from),
        }
    }
}

/// Keeps the header `Date` of the answer.
#[derive(Debug, Clone, Default)]
struct DateSeen(Arc<Mutex<Option<i64>>>);

impl Intercept for DateSeen {
    fn name(&self) -> &'static str {
        "DateSeen"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        let date = date.and_then(|text| DateTime::from_str(text, Format::HttpDate).ok());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = date.and_then(|date| date.to_millis().ok());
        Ok(())
    }
}

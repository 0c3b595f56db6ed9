//! How long the bucket takes, seen by the SDK itself: one place for all calls.

use std::time::Instant;

use aws_sdk_s3::{
    config::{
        ConfigBag, Intercept, RuntimeComponents,
        interceptors::{BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef},
    },
    error::BoxError,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use metrics::histogram;

use super::list::{BUCKET_SECONDS, OPERATIONS};

/// Measures each try of a call.
#[derive(Debug)]
pub(crate) struct MeasureBucket;

#[derive(Debug)]
struct Sent(Instant);

impl Storable for Sent {
    type Storer = StoreReplace<Self>;
}

impl Intercept for MeasureBucket {
    fn name(&self) -> &'static str {
        "MeasureBucket"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        bag.interceptor_state().store_put(Sent(Instant::now()));
        Ok(())
    }

    fn read_after_attempt(
        &self,
        _: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(Sent(sent)) = bag.load::<Sent>() else {
            return Ok(());
        };
        let asked = bag.load::<Metadata>().map_or("other", Metadata::name);
        let operation = OPERATIONS.iter().find(|known| **known == asked).unwrap_or(&"other");
        histogram!(BUCKET_SECONDS, "operation" => *operation).record(sent.elapsed().as_secs_f64());
        Ok(())
    }
}

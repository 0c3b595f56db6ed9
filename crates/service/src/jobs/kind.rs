//! A kind of job: its name, when it runs, and what runs.

use std::{sync::Arc, time::Duration};

use futures::future::{BoxFuture, FutureExt as _};
use serde::de::DeserializeOwned;

use super::queue::{NewJob, Period};
use crate::{
    error::{InternalError, ServiceError},
    service::Service,
};

/// How a run ends: well, perhaps with a job that follows, which is added in the transaction that notes the end; or with an error, which
/// is a try that failed. A run may end at any line, and be repeated: what it does outside of the database bears that.
pub(crate) type JobResult = Result<Option<NewJob>, ServiceError>;

/// A kind of job.
#[derive(Clone)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) period: Option<Period>,
    run: Arc<dyn Fn(Service, String) -> BoxFuture<'static, JobResult> + Send + Sync>,
}

impl Kind {
    /// Jobs that are added by name, each with a payload.
    pub(crate) fn once<P, R>(name: &'static str, run: impl Fn(Service, P) -> R + Send + Sync + 'static) -> Self
    where
        P: DeserializeOwned + Send,
        R: Future<Output = JobResult> + Send + 'static,
    {
        let run = move |service, payload: String| match serde_json::from_str(&payload) {
            Ok(payload) => run(service, payload).boxed(),
            Err(error) => {
                let error = InternalError::lasting("reading a job's payload", error);
                async { Err(error.into()) }.boxed()
            }
        };
        Self {
            name,
            period: None,
            run: Arc::new(run),
        }
    }

    /// One job that comes again, so long after the end of its last run.
    pub(crate) fn every<R>(
        name: &'static str,
        every: Duration,
        run: impl Fn(Service) -> R + Send + Sync + 'static,
    ) -> Self
    where
        R: Future<Output = Result<(), ServiceError>> + Send + 'static,
    {
        let period = Period { every, at_start: false };
        Self {
            name,
            period: Some(period),
            run: Arc::new(move |service, _| run(service).map(|done| done.map(|()| None)).boxed()),
        }
    }

    /// And whenever a worker starts.
    pub(crate) fn and_at_start(mut self) -> Self {
        if let Some(period) = &mut self.period {
            period.at_start = true;
        }
        self
    }

    /// Those of some kinds that come again, with their periods.
    pub(crate) fn periods(kinds: &[Self]) -> impl Iterator<Item = (&'static str, Period)> {
        kinds.iter().filter_map(|kind| Some((kind.name, kind.period?)))
    }

    /// Runs one job. A panic is inside of the future.
    pub(crate) async fn run(self, service: Service, payload: String) -> JobResult {
        (self.run)(service, payload).await
    }
}

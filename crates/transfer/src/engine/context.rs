//! What sending and receiving share: one job tried until it is done, and the ticker that tells the screen.

use core::{cell::RefCell, future::Future, time::Duration};

use futures::{future::Either, future::select, pin_mut};

use sealdrop_api::{Endpoint, GetLimits, OwnerToken};

use super::{
    call::{self, call_once},
    concurrency::{ConcurrencyLimiter, Permit},
    control::Control,
    progress::{JobId, Progress},
    retry::{RetryPolicy, backoff, jitter, sleep_unless},
};
use crate::{
    error::{Retry, TransferError},
    platform::{
        Platform,
        request::{ApiRequest, ApiResponse},
    },
};

/// Between two progress events.
const TICK: Duration = Duration::from_millis(250);

/// A running transfer: the machine, the person's hand, the numbers.
pub(crate) struct TransferContext<'a, P: Platform> {
    pub(crate) platform: &'a P,
    pub(crate) control: &'a Control,
    pub(crate) progress: RefCell<Progress>,
    limiter: ConcurrencyLimiter,
    emit: &'a dyn Fn(&mut Progress, Duration),
}

impl<'a, P: Platform> TransferContext<'a, P> {
    /// `at_first` jobs at once, up to `at_most` where that moves more. `emit` reads the progress at this moment and passes it on.
    pub(crate) fn new(
        platform: &'a P,
        control: &'a Control,
        progress: Progress,
        (at_first, at_most): (usize, usize),
        emit: &'a dyn Fn(&mut Progress, Duration),
    ) -> Self {
        Self {
            platform,
            control,
            progress: RefCell::new(progress),
            limiter: ConcurrencyLimiter::new(at_first, at_most),
            emit,
        }
    }

    /// Emits the progress now.
    pub(crate) fn emit_progress(&self) {
        (self.emit)(&mut self.progress.borrow_mut(), self.platform.now());
    }

    /// Runs `work`, emitting progress four times a second, until it ends or the person stops it.
    pub(crate) async fn run<T>(
        &self,
        work: impl Future<Output = Result<T, TransferError>>,
    ) -> Result<T, TransferError> {
        let ticking = async {
            loop {
                self.platform.sleep(TICK).await;
                {
                    let mut progress = self.progress.borrow_mut();
                    progress.set_paused(self.control.is_paused());
                    progress.observe_network(self.platform.is_online(), self.platform.now());
                }
                self.emit_progress();
            }
        };
        let stopped = self.control.cancelled();
        pin_mut!(work, ticking, stopped);
        match select(work, select(stopped, ticking)).await {
            Either::Left((result, _)) => result,
            Either::Right((Either::Left(_), _)) => Err(TransferError::Cancelled),
            Either::Right((Either::Right((never, _)), _)) => never,
        }
    }

    /// Calls the API until it answers; what holds it up is told like that of any job.
    pub(crate) async fn call<E: Endpoint>(
        &self,
        endpoint: &E,
        token: Option<&OwnerToken>,
    ) -> Result<E::Response, TransferError> {
        let job = self.progress.borrow_mut().begin(Vec::new());
        let request = call::write(endpoint, token)?;
        let answer = self.send(job, &request).await?;
        self.progress.borrow_mut().acknowledge(job);
        call::read_answer(&answer)
    }

    async fn send(&self, job: JobId, request: &ApiRequest) -> Result<ApiResponse, TransferError> {
        let attempt = async || call::send(self.platform, request).await;
        self.retry(job, attempt, || {}).await
    }

    /// As [`Self::retry`], for what moves between this machine and the storage: tells a storage that cannot be reached from
    /// a server that cannot.
    pub(crate) async fn retry_moving<T>(
        &self,
        job: JobId,
        attempt: impl AsyncFnMut() -> Result<T, TransferError>,
        renew_address: impl Fn(),
    ) -> Result<T, TransferError> {
        let moved = self.retry(job, attempt, renew_address).await;
        if !matches!(moved, Err(TransferError::Unreachable)) {
            return moved;
        }
        match call_once(self.platform, &GetLimits, None).await {
            Ok(_) => Err(TransferError::StorageUnreachable),
            Err(_) => moved,
        }
    }

    /// Tries one job until it is done: later where that helps (8 failures in a row end it), with a new address once
    /// in a row where the old one is refused, without counting while there is no network.
    pub(crate) async fn retry<T>(
        &self,
        job: JobId,
        mut attempt: impl AsyncFnMut() -> Result<T, TransferError>,
        renew_address: impl Fn(),
    ) -> Result<T, TransferError> {
        let mut failures = 0;
        let mut renewed = false;
        loop {
            let permit = self.turn().await;
            self.progress.borrow_mut().set_attempting(job, true);
            let outcome = attempt().await;
            self.progress.borrow_mut().set_attempting(job, false);
            let error = match outcome {
                Ok(value) => {
                    let bytes = self.progress.borrow().size(job);
                    self.limiter.on_success(bytes, self.platform.now());
                    return Ok(value);
                }
                Err(error) => error,
            };
            match error.retry() {
                Retry::Never => return Err(self.failed(job, error)),
                Retry::Resign if renewed => return Err(self.failed(job, error)),
                Retry::Resign => {
                    renewed = true;
                    renew_address();
                    self.progress.borrow_mut().advance(job, 0);
                }
                Retry::Later(at_least) => {
                    renewed = false;
                    self.limiter.on_backpressure();
                    drop(permit);
                    if !self.platform.is_online() {
                        self.wait_online(job).await;
                        continue;
                    }
                    failures += 1;
                    if failures > 1 {
                        // A clock that stood still while the machine slept takes an old address for a new one.
                        renew_address();
                    }
                    if failures >= RetryPolicy::Transfer.tries() {
                        return Err(self.failed(job, error));
                    }
                    let wait = backoff(failures, at_least, jitter());
                    self.progress
                        .borrow_mut()
                        .set_waiting(job, Some(self.platform.now() + wait));
                    sleep_unless(self.platform, wait, self.control.retry_requested()).await;
                    self.progress.borrow_mut().set_waiting(job, None);
                }
            }
        }
    }

    /// A permit, while nothing is paused: a pause may have come while the job stood in line.
    async fn turn(&self) -> Permit<'_> {
        loop {
            self.control.running().await;
            let permit = self.limiter.acquire().await;
            if !self.control.is_paused() {
                return permit;
            }
        }
    }

    fn failed(&self, job: JobId, error: TransferError) -> TransferError {
        self.progress.borrow_mut().fail(job);
        error
    }

    async fn wait_online(&self, job: JobId) {
        let now = self.platform.now();
        {
            let mut progress = self.progress.borrow_mut();
            progress.set_waiting(job, Some(now));
            progress.observe_network(false, now);
        }
        self.emit_progress();
        let back = self.platform.wait_online();
        let retry_requested = self.control.retry_requested();
        pin_mut!(back, retry_requested);
        select(back, retry_requested).await;
        let mut progress = self.progress.borrow_mut();
        progress.observe_network(self.platform.is_online(), self.platform.now());
        progress.set_waiting(job, None);
    }
}

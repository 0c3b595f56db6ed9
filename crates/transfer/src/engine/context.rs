//! What sending and receiving share: jobs that are tried until they are done, and the ticker that emits the progress.

use core::{cell::RefCell, future::Future, time::Duration};

use futures::{future::Either, future::select, pin_mut};

use sealdrop_api::{Endpoint, GetLimits, OwnerToken};
use sealdrop_model::TransferProgress;

use super::{
    call::{self, call_once},
    concurrency::{ConcurrencyLimiter, Permit},
    control::Control,
    progress::{JobId, Progress},
    retry::{Attempts, RetryPolicy, retry, sleep_unless},
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

/// A running transfer: the machine it runs on, the user's controls and the progress.
pub(crate) struct TransferContext<'a, P: Platform> {
    pub(crate) platform: &'a P,
    pub(crate) control: &'a Control,
    pub(crate) progress: RefCell<Progress>,
    limiter: ConcurrencyLimiter,
    emit: &'a dyn Fn(TransferProgress),
}

impl<'a, P: Platform> TransferContext<'a, P> {
    /// `at_first` jobs at a time, up to `at_most` where that moves more. `emit` passes on the progress.
    pub(crate) fn new(
        platform: &'a P,
        control: &'a Control,
        progress: Progress,
        (at_first, at_most): (usize, usize),
        emit: &'a dyn Fn(TransferProgress),
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
        let progress = self.progress.borrow_mut().read(self.platform.now());
        (self.emit)(progress);
    }

    /// Runs `work`, emitting progress four times a second, until it ends or is cancelled.
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
                    progress.observe_network(self.platform.is_online());
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

    /// Calls the API until it answers; a wait shows in the progress like that of any job.
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

    /// As [`Self::retry`], for requests to the storage: distinguishes an unreachable storage from an unreachable server.
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

    /// Tries one job until it is done, with a permit for each try; the progress shows what it waits for.
    async fn retry<T>(
        &self,
        job: JobId,
        attempt: impl AsyncFnMut() -> Result<T, TransferError>,
        renew_address: impl Fn(),
    ) -> Result<T, TransferError> {
        let attempts = JobAttempts {
            context: self,
            job,
            renew_address,
        };
        retry(&attempts, RetryPolicy::Transfer, attempt).await
    }

    /// A permit, while nothing is paused: a pause may have come while the job waited for it.
    async fn turn(&self) -> Permit<'_> {
        loop {
            self.control.running().await;
            let permit = self.limiter.acquire().await;
            if !self.control.is_paused() {
                return permit;
            }
        }
    }
}

/// The tries of one job of a transfer.
struct JobAttempts<'a, P: Platform, R> {
    context: &'a TransferContext<'a, P>,
    job: JobId,
    renew_address: R,
}

impl<'a, P: Platform, R: Fn()> Attempts for JobAttempts<'a, P, R> {
    type Permit = Permit<'a>;
    type Platform = P;

    fn platform(&self) -> &P {
        self.context.platform
    }

    async fn acquire(&self) -> Permit<'a> {
        let permit = self.context.turn().await;
        self.context.progress.borrow_mut().set_attempting(self.job, true);
        permit
    }

    fn ended(&self, error: Option<&TransferError>) {
        let TransferContext { progress, limiter, .. } = self.context;
        progress.borrow_mut().set_attempting(self.job, false);
        match error.map(TransferError::retry) {
            None => limiter.on_success(progress.borrow().size(self.job), self.context.platform.now()),
            Some(Retry::Later(_)) => limiter.on_backpressure(),
            Some(Retry::Resign | Retry::Never) => {}
        }
    }

    fn gave_up(&self) {
        self.context.progress.borrow_mut().fail(self.job);
    }

    fn renew_address(&self) -> bool {
        (self.renew_address)();
        self.context.progress.borrow().advance(self.job, 0);
        true
    }

    async fn wait_online(&self) {
        let TransferContext { platform, progress, .. } = self.context;
        let now = platform.now();
        {
            let mut progress = progress.borrow_mut();
            progress.set_waiting(self.job, Some(now));
            progress.observe_network(false);
        }
        self.context.emit_progress();
        let back = platform.wait_online();
        let retry_requested = self.context.control.retry_requested();
        pin_mut!(back, retry_requested);
        select(back, retry_requested).await;
        let mut progress = progress.borrow_mut();
        progress.observe_network(platform.is_online());
        progress.set_waiting(self.job, None);
    }

    async fn back_off(&self, wait: Duration) {
        let TransferContext { platform, progress, .. } = self.context;
        let until = platform.now() + wait;
        progress.borrow_mut().set_waiting(self.job, Some(until));
        sleep_unless(*platform, wait, self.context.control.retry_requested()).await;
        progress.borrow_mut().set_waiting(self.job, None);
    }
}

//! What sending and receiving share: one job tried until it is done, a gate that narrows when the other side is
//! busy, and the ticker that tells the screen.

use core::{cell::Cell, cell::RefCell, future::Future, time::Duration};
use std::collections::VecDeque;

use futures::{channel::oneshot, future::Either, future::select, pin_mut};

use sealdrop_api::{Endpoint, OwnerToken};

use crate::{
    Control, Platform, Retry, TransferError, call_once,
    meter::{JobId, Meter},
    retry::{Patience, backoff, jitter, sleep_unless},
};

/// How often the screen hears something.
const TICK: Duration = Duration::from_millis(250);

/// A running transfer: the machine, the person's hand, the numbers.
pub(crate) struct Spine<'a, P: Platform> {
    pub(crate) platform: &'a P,
    pub(crate) control: &'a Control,
    pub(crate) meter: RefCell<Meter>,
    gate: Gate,
    tell: &'a dyn Fn(&mut Meter, Duration),
}

impl<'a, P: Platform> Spine<'a, P> {
    /// `tell` reads the meter at this moment and passes it on.
    pub(crate) fn new(
        platform: &'a P,
        control: &'a Control,
        meter: Meter,
        concurrency: usize,
        tell: &'a dyn Fn(&mut Meter, Duration),
    ) -> Self {
        Self {
            platform,
            control,
            meter: RefCell::new(meter),
            gate: Gate::new(concurrency),
            tell,
        }
    }

    /// Tells now.
    pub(crate) fn tell(&self) {
        (self.tell)(&mut self.meter.borrow_mut(), self.platform.now());
    }

    /// Runs `work`, telling four times a second, until it ends or the person stops it.
    pub(crate) async fn run<T>(
        &self,
        work: impl Future<Output = Result<T, TransferError>>,
    ) -> Result<T, TransferError> {
        let ticking = async {
            loop {
                self.platform.sleep(TICK).await;
                self.meter.borrow_mut().set_paused(self.control.is_paused());
                self.tell();
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
        let job = self.meter.borrow_mut().begin(Vec::new());
        let attempt = async || call_once(self.platform, endpoint, token).await;
        let answer = self.persist(job, attempt, || {}).await?;
        self.meter.borrow_mut().acknowledge(job);
        Ok(answer)
    }

    /// Tries one job until it is done: later where that helps (8 failures in a row end it), with a new address once
    /// in a row where the old one is refused, without counting while there is no network.
    pub(crate) async fn persist<T>(
        &self,
        job: JobId,
        mut attempt: impl AsyncFnMut() -> Result<T, TransferError>,
        renew_address: impl Fn(),
    ) -> Result<T, TransferError> {
        let mut failures = 0;
        let mut renewed = false;
        loop {
            self.control.running().await;
            let permit = self.gate.enter().await;
            let error = match attempt().await {
                Ok(value) => {
                    self.gate.widen();
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
                    self.meter.borrow_mut().advance(job, 0);
                }
                Retry::Later(at_least) => {
                    renewed = false;
                    self.gate.narrow();
                    drop(permit);
                    if !self.platform.is_online() {
                        self.wait_online(job).await;
                        continue;
                    }
                    failures += 1;
                    if failures >= Patience::Long.tries() {
                        return Err(self.failed(job, error));
                    }
                    let wait = backoff(failures, at_least, jitter());
                    self.meter
                        .borrow_mut()
                        .set_waiting(job, Some(self.platform.now() + wait));
                    sleep_unless(self.platform, wait, self.control.nudged()).await;
                    self.meter.borrow_mut().set_waiting(job, None);
                }
            }
        }
    }

    fn failed(&self, job: JobId, error: TransferError) -> TransferError {
        self.meter.borrow_mut().fail(job);
        error
    }

    async fn wait_online(&self, job: JobId) {
        let now = self.platform.now();
        {
            let mut meter = self.meter.borrow_mut();
            meter.set_waiting(job, Some(now));
            meter.set_offline(Some(now));
        }
        self.tell();
        let back = self.platform.wait_online();
        let nudged = self.control.nudged();
        pin_mut!(back, nudged);
        select(back, nudged).await;
        let mut meter = self.meter.borrow_mut();
        meter.set_offline(None);
        meter.set_waiting(job, None);
    }
}

/// How many jobs may run: fewer after the other side was busy, more again after successes.
struct Gate {
    most: usize,
    limit: Cell<usize>,
    inside: Cell<usize>,
    successes: Cell<usize>,
    waiting: RefCell<VecDeque<oneshot::Sender<()>>>,
}

impl Gate {
    fn new(most: usize) -> Self {
        let most = most.max(1);
        Self {
            most,
            limit: Cell::new(most),
            inside: Cell::new(0),
            successes: Cell::new(0),
            waiting: RefCell::new(VecDeque::new()),
        }
    }

    async fn enter(&self) -> Permit<'_> {
        while self.inside.get() >= self.limit.get() {
            let (open, opened) = oneshot::channel();
            self.waiting.borrow_mut().push_back(open);
            // A sender that is dropped means the same as one that sends: look again.
            let _ = opened.await;
        }
        self.inside.set(self.inside.get() + 1);
        Permit(self)
    }

    fn narrow(&self) {
        self.limit.set((self.limit.get() / 2).max(1));
        self.successes.set(0);
    }

    fn widen(&self) {
        self.successes.set(self.successes.get() + 1);
        if self.limit.get() < self.most && self.successes.get() >= 2 * self.limit.get() {
            self.successes.set(0);
            self.limit.set(self.limit.get() + 1);
            self.wake_one();
        }
    }

    fn wake_one(&self) {
        let mut waiting = self.waiting.borrow_mut();
        while let Some(open) = waiting.pop_front() {
            if open.send(()).is_ok() {
                break;
            }
        }
    }
}

/// A place inside the gate.
struct Permit<'a>(&'a Gate);

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.inside.set(self.0.inside.get() - 1);
        self.0.wake_one();
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn the_gate_narrows_and_recovers() {
        let gate = Gate::new(4);
        let first = gate.enter().now_or_never().expect("there is room");
        gate.narrow();
        gate.narrow();
        assert!(gate.enter().now_or_never().is_none(), "one at a time now");
        drop(first);
        let again = gate.enter().now_or_never().expect("its place is free");
        gate.widen();
        gate.widen();
        assert!(gate.enter().now_or_never().is_some(), "two at a time again");
        drop(again);
    }
}

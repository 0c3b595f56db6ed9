//! The limit on jobs that run at the same time: additive increase where one more moves more, multiplicative decrease under
//! backpressure (AIMD).

use core::{
    cell::{Cell, RefCell},
    time::Duration,
};
use std::collections::VecDeque;

use futures::channel::oneshot;

/// Least gain in throughput by one job more: less is noise, and costs the memory of a part.
const MIN_GAIN: f64 = 1.1;
/// Measurements between two increases that gained nothing, at first; doubled each time.
const PAUSE: u32 = 2;
/// Measurements between two increases, at most.
const LONGEST_PAUSE: u32 = 32;

/// A limit on concurrent jobs that adapts to what they move.
pub(crate) struct ConcurrencyLimiter {
    /// The limit at the start.
    initial: usize,
    max: usize,
    limit: Cell<usize>,
    running: Cell<usize>,
    /// Successes since the last change, while the limit is below the initial one.
    successes: Cell<usize>,
    measurement: Cell<Measurement>,
    waiting: RefCell<VecDeque<oneshot::Sender<()>>>,
}

/// Throughput at the present limit, and at the one before.
#[derive(Debug, Clone, Copy, Default)]
struct Measurement {
    since: Option<Duration>,
    bytes: u64,
    jobs: usize,
    /// Bytes a second with one job less, while an increase is tried.
    before: Option<f64>,
    /// Measurements until the next increase.
    rest: u32,
    pause: u32,
}

impl ConcurrencyLimiter {
    /// A limit of `initial` jobs, raised up to `max` where that moves more.
    pub(crate) fn new(initial: usize, max: usize) -> Self {
        let initial = initial.max(1);
        Self {
            initial,
            max: max.max(initial),
            limit: Cell::new(initial),
            running: Cell::new(0),
            successes: Cell::new(0),
            measurement: Cell::default(),
            waiting: RefCell::new(VecDeque::new()),
        }
    }

    /// Waits for a free permit.
    pub(crate) async fn acquire(&self) -> Permit<'_> {
        while self.running.get() >= self.limit.get() {
            let (open, opened) = oneshot::channel();
            self.waiting.borrow_mut().push_back(open);
            let mut turn = Turn { limiter: self, opened };
            // A sender that is dropped means the same as one that sends: look again.
            let _ = (&mut turn.opened).await;
        }
        self.running.set(self.running.get() + 1);
        Permit(self)
    }

    /// Halves the limit: the server is busy or the network failed.
    pub(crate) fn on_backpressure(&self) {
        self.limit.set((self.limit.get() / 2).max(1));
        self.successes.set(0);
        self.measurement.set(Measurement {
            rest: PAUSE,
            ..Measurement::default()
        });
    }

    /// Counts a finished job of so many bytes, and may raise the limit.
    pub(crate) fn on_success(&self, bytes: u64, now: Duration) {
        let limit = self.limit.get();
        if limit < self.initial {
            self.successes.set(self.successes.get() + 1);
            if self.successes.get() >= 2 * limit {
                self.successes.set(0);
                self.set(limit + 1);
            }
        } else if bytes > 0 {
            self.measure(bytes, now);
        }
    }

    /// After two jobs for each permit: keeps or takes back the last increase, or tries the next.
    fn measure(&self, bytes: u64, now: Duration) {
        let (limit, mut measurement) = (self.limit.get(), self.measurement.get());
        let Some(since) = measurement.since else {
            measurement.since = Some(now);
            self.measurement.set(measurement);
            return;
        };
        measurement.bytes += bytes;
        measurement.jobs += 1;
        if measurement.jobs < 2 * limit || now <= since {
            self.measurement.set(measurement);
            return;
        }
        let speed = measurement.bytes as f64 / (now - since).as_secs_f64();
        let next = match measurement.before {
            // No gain: back, and a longer pause than last time.
            Some(before) if speed < before * MIN_GAIN => {
                self.limit.set(limit - 1);
                let pause = (2 * measurement.pause).clamp(PAUSE, LONGEST_PAUSE);
                Measurement {
                    rest: pause,
                    pause,
                    ..Measurement::default()
                }
            }
            _ if measurement.rest > 0 => Measurement {
                rest: measurement.rest - 1,
                pause: measurement.pause,
                since: Some(now),
                ..Measurement::default()
            },
            _ if limit < self.max => {
                self.set(limit + 1);
                Measurement {
                    before: Some(speed),
                    pause: measurement.pause,
                    ..Measurement::default()
                }
            }
            _ => Measurement {
                since: Some(now),
                pause: measurement.pause,
                ..Measurement::default()
            },
        };
        self.measurement.set(next);
    }

    fn set(&self, limit: usize) {
        self.limit.set(limit);
        self.wake_one();
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

/// A place in the queue. Dropped after it was woken and before it acquired, it wakes the next one.
struct Turn<'a> {
    limiter: &'a ConcurrencyLimiter,
    opened: oneshot::Receiver<()>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if matches!(self.opened.try_recv(), Ok(Some(()))) {
            self.limiter.wake_one();
        }
    }
}

/// The right to run one job; given back when it is dropped.
pub(crate) struct Permit<'a>(&'a ConcurrencyLimiter);

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.running.set(self.0.running.get() - 1);
        // The next in the queue checks the limit, which may be lower by now.
        self.0.wake_one();
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn the_limit_halves_and_recovers() {
        let limiter = ConcurrencyLimiter::new(4, 4);
        let first = limiter.acquire().now_or_never().expect("there is room");
        limiter.on_backpressure();
        limiter.on_backpressure();
        assert!(limiter.acquire().now_or_never().is_none(), "one at a time now");
        drop(first);
        let again = limiter.acquire().now_or_never().expect("its place is free");
        limiter.on_success(0, Duration::ZERO);
        limiter.on_success(0, Duration::ZERO);
        assert!(limiter.acquire().now_or_never().is_some(), "two at a time again");
        drop(again);
    }

    #[test]
    fn a_wake_up_that_is_dropped_wakes_the_next() {
        let limiter = ConcurrencyLimiter::new(1, 1);
        let running = limiter.acquire().now_or_never().expect("there is room");
        let mut called = Box::pin(limiter.acquire());
        assert!((&mut called).now_or_never().is_none());
        let mut next = Box::pin(limiter.acquire());
        assert!((&mut next).now_or_never().is_none());
        drop(running);
        drop(called);
        assert!(next.now_or_never().is_some(), "the other one is called instead");
    }

    /// Jobs of 10 MB over a network that gives so many bytes a second to so many at a time.
    fn after_a_while(limiter: &ConcurrencyLimiter, network: impl Fn(usize) -> f64) -> usize {
        let mut now = 0.0;
        let mut most = 0;
        for _ in 0..400 {
            let limit = limiter.limit.get();
            now += 1e7 / network(limit);
            limiter.on_success(10_000_000, Duration::from_secs_f64(now));
            most = most.max(limiter.limit.get());
        }
        assert!(most <= limiter.max);
        limiter.limit.get()
    }

    #[test]
    fn a_network_that_gives_each_connection_its_share_is_used_up() {
        let limiter = ConcurrencyLimiter::new(3, 8);
        assert_eq!(after_a_while(&limiter, |jobs| 5e6 * jobs.min(6) as f64), 6);
    }

    #[test]
    fn a_line_that_is_full_gets_no_more_jobs() {
        let limiter = ConcurrencyLimiter::new(3, 8);
        assert!(after_a_while(&limiter, |_| 12.5e6) <= 4, "at most on trial");
        limiter.on_backpressure();
        assert_eq!(limiter.limit.get(), 1);
        assert!(after_a_while(&limiter, |_| 12.5e6) >= 3, "it recovers");
    }
}

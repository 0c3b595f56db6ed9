//! How many jobs run at once: half as many when the other side is busy, one more where that moves more.

use core::{
    cell::{Cell, RefCell},
    time::Duration,
};
use std::collections::VecDeque;

use futures::channel::oneshot;

/// What one job more has to gain: less than this is noise, and costs the memory of a part.
const WORTH: f64 = 1.1;
/// Looks at the pace between two trials that brought nothing, at first; doubled each time.
const PAUSE: u32 = 2;
/// At most as many.
const LONGEST_PAUSE: u32 = 32;

/// Lets jobs in.
pub(crate) struct Gate {
    /// Where it starts.
    first: usize,
    most: usize,
    limit: Cell<usize>,
    inside: Cell<usize>,
    /// Successes that changed nothing yet, while it is narrower than it began.
    successes: Cell<usize>,
    pace: Cell<Pace>,
    waiting: RefCell<VecDeque<oneshot::Sender<()>>>,
}

/// What moves at the present limit, and what moved before it was tried.
#[derive(Debug, Clone, Copy, Default)]
struct Pace {
    since: Option<Duration>,
    bytes: u64,
    jobs: usize,
    /// Bytes a second with one job less, while one more is on trial.
    before: Option<f64>,
    /// Looks until the next trial.
    rest: u32,
    pause: u32,
}

impl Gate {
    /// Lets `first` in, later up to `most` where that moves more.
    pub(crate) fn new(first: usize, most: usize) -> Self {
        let first = first.max(1);
        Self {
            first,
            most: most.max(first),
            limit: Cell::new(first),
            inside: Cell::new(0),
            successes: Cell::new(0),
            pace: Cell::default(),
            waiting: RefCell::new(VecDeque::new()),
        }
    }

    pub(crate) async fn enter(&self) -> Permit<'_> {
        while self.inside.get() >= self.limit.get() {
            let (open, opened) = oneshot::channel();
            self.waiting.borrow_mut().push_back(open);
            let mut turn = Turn { gate: self, opened };
            // A sender that is dropped means the same as one that sends: look again.
            let _ = (&mut turn.opened).await;
        }
        self.inside.set(self.inside.get() + 1);
        Permit(self)
    }

    /// The other side is busy: half of it.
    pub(crate) fn narrow(&self) {
        self.limit.set((self.limit.get() / 2).max(1));
        self.successes.set(0);
        self.pace.set(Pace {
            rest: PAUSE,
            ..Pace::default()
        });
    }

    /// A job that moved so many bytes has come to its end, at this time.
    pub(crate) fn widen(&self, bytes: u64, now: Duration) {
        let limit = self.limit.get();
        if limit < self.first {
            self.successes.set(self.successes.get() + 1);
            if self.successes.get() >= 2 * limit {
                self.successes.set(0);
                self.set(limit + 1);
            }
        } else if bytes > 0 {
            self.measure(bytes, now);
        }
    }

    /// After every two jobs a lane it looks whether the last step was worth it, or takes one.
    fn measure(&self, bytes: u64, now: Duration) {
        let (limit, mut pace) = (self.limit.get(), self.pace.get());
        let Some(since) = pace.since else {
            pace.since = Some(now);
            self.pace.set(pace);
            return;
        };
        pace.bytes += bytes;
        pace.jobs += 1;
        if pace.jobs < 2 * limit || now <= since {
            self.pace.set(pace);
            return;
        }
        let speed = pace.bytes as f64 / (now - since).as_secs_f64();
        let next = match pace.before {
            // It brought nothing: back, and a longer pause than last time.
            Some(before) if speed < before * WORTH => {
                self.limit.set(limit - 1);
                let pause = (2 * pace.pause).clamp(PAUSE, LONGEST_PAUSE);
                Pace {
                    rest: pause,
                    pause,
                    ..Pace::default()
                }
            }
            _ if pace.rest > 0 => Pace {
                rest: pace.rest - 1,
                pause: pace.pause,
                since: Some(now),
                ..Pace::default()
            },
            _ if limit < self.most => {
                self.set(limit + 1);
                Pace {
                    before: Some(speed),
                    pause: pace.pause,
                    ..Pace::default()
                }
            }
            _ => Pace {
                since: Some(now),
                pause: pace.pause,
                ..Pace::default()
            },
        };
        self.pace.set(next);
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

/// Waits to be let in. One that is dropped after it was called, before it looked, passes the call on.
struct Turn<'a> {
    gate: &'a Gate,
    opened: oneshot::Receiver<()>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if matches!(self.opened.try_recv(), Ok(Some(()))) {
            self.gate.wake_one();
        }
    }
}

/// A place inside the gate.
pub(crate) struct Permit<'a>(&'a Gate);

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.inside.set(self.0.inside.get() - 1);
        // Who waits looks whether there is room: the gate may be narrower by now.
        self.0.wake_one();
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn the_gate_narrows_and_recovers() {
        let gate = Gate::new(4, 4);
        let first = gate.enter().now_or_never().expect("there is room");
        gate.narrow();
        gate.narrow();
        assert!(gate.enter().now_or_never().is_none(), "one at a time now");
        drop(first);
        let again = gate.enter().now_or_never().expect("its place is free");
        gate.widen(0, Duration::ZERO);
        gate.widen(0, Duration::ZERO);
        assert!(gate.enter().now_or_never().is_some(), "two at a time again");
        drop(again);
    }

    #[test]
    fn a_call_that_nobody_hears_is_passed_on() {
        let gate = Gate::new(1, 1);
        let inside = gate.enter().now_or_never().expect("there is room");
        let mut called = Box::pin(gate.enter());
        assert!((&mut called).now_or_never().is_none());
        let mut next = Box::pin(gate.enter());
        assert!((&mut next).now_or_never().is_none());
        drop(inside);
        drop(called);
        assert!(next.now_or_never().is_some(), "the other one is called instead");
    }

    /// Jobs of 10 MB over a network that gives so many bytes a second to so many at once.
    fn after_a_while(gate: &Gate, network: impl Fn(usize) -> f64) -> usize {
        let mut now = 0.0;
        let mut most = 0;
        for _ in 0..400 {
            let limit = gate.limit.get();
            now += 1e7 / network(limit);
            gate.widen(10_000_000, Duration::from_secs_f64(now));
            most = most.max(gate.limit.get());
        }
        assert!(most <= gate.most);
        gate.limit.get()
    }

    #[test]
    fn a_network_that_gives_each_connection_its_share_is_used_up() {
        let gate = Gate::new(3, 8);
        assert_eq!(after_a_while(&gate, |jobs| 5e6 * jobs.min(6) as f64), 6);
    }

    #[test]
    fn a_line_that_is_full_gets_no_more_jobs() {
        let gate = Gate::new(3, 8);
        assert!(after_a_while(&gate, |_| 12.5e6) <= 4, "at most on trial");
        gate.narrow();
        assert_eq!(gate.limit.get(), 1);
        assert!(after_a_while(&gate, |_| 12.5e6) >= 3, "it recovers");
    }
}

//! Turns to send or to receive. There are few, and whoever comes first could keep them all: so they are shared among clients,
//! then among the objects of one client. Who waits is served by what its client has already; who waits in vain for a moment
//! takes the turn of the slowest from a client that has more than its share.

#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use s3s::{S3Request, S3Result, s3_error};
use tokio::{
    sync::{Notify, oneshot},
    time::Instant,
};

use crate::client::Client;

/// Requests that may wait at once for each turn that there is, of one client.
const WAITING_FOR_A_TURN: usize = 4;

/// How turns are shared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    /// Turns at once.
    pub(super) most: usize,
    /// Turns at once of one signed address.
    pub(super) of_one_address: usize,
    /// How long a request waits before it hears `SlowDown`.
    pub(super) max_wait: Duration,
    /// How long it waits before a client with more than its share loses a turn.
    pub(super) patience: Duration,
    /// Who moved nothing for so long loses its turn as soon as somebody waits.
    pub(super) idle: Duration,
    /// Who moved less than so many bytes a second since its turn began, `slow_start` ago or longer, does so too.
    pub(super) slow: u64,
    /// See [`Self::slow`].
    pub(super) slow_start: Duration,
}

/// Who asks for a turn, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claimant {
    client: Option<Client>,
    object: Arc<str>,
    /// The signature of a presigned URL: whoever has it may use it any number of times.
    address: Option<Arc<str>>,
}

impl Claimant {
    pub(super) fn of<T>(request: &S3Request<T>, key: &str) -> Self {
        let query = request.uri.query().unwrap_or("");
        let signature = query.split('&').find_map(|pair| pair.strip_prefix("X-Amz-Signature="));
        Self {
            client: request.extensions.get::<Client>().copied(),
            object: key.into(),
            address: signature.map(Into::into),
        }
    }
}

/// A number of turns.
#[derive(Debug)]
pub(super) struct Turns {
    share: Share,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    held: Vec<Held>,
    waiting: VecDeque<Waiting>,
    last_id: u64,
}

#[derive(Debug)]
struct Held {
    id: u64,
    who: Claimant,
    progress: Arc<Progress>,
}

#[derive(Debug)]
struct Waiting {
    who: Claimant,
    give: oneshot::Sender<Turn>,
}

/// What a turn moved, and whether it is another's by now.
#[derive(Debug)]
struct Progress {
    since: Instant,
    bytes: AtomicU64,
    /// Milliseconds from `since` to the last byte.
    last: AtomicU64,
    lost: AtomicBool,
    told: Notify,
}

/// One turn, until it is dropped or lost.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Arc<Turns>,
    id: u64,
    /// Whether it is to be given back.
    is_held: bool,
    progress: Arc<Progress>,
}

impl Turns {
    pub(super) fn new(share: Share) -> Arc<Self> {
        Arc::new(Self {
            share,
            state: Mutex::default(),
        })
    }

    /// A turn, at once or after a while.
    ///
    /// # Errors
    /// `SlowDown` when none was free in time.
    pub(super) async fn take(self: &Arc<Self>, who: &Claimant) -> S3Result<Turn> {
        let slow_down = || s3_error!(SlowDown, "Too many transfers at once; try again in a moment.");
        let mut given = self.line_up(who).ok_or_else(slow_down)?;
        let end = Instant::now() + self.share.max_wait;
        let mut look = Instant::now() + self.share.patience;
        loop {
            match tokio::time::timeout_at(look.min(end), &mut given).await {
                Ok(turn) => return turn.map_err(|_| slow_down()),
                Err(_) if Instant::now() >= end => return Err(slow_down()),
                Err(_) => {
                    let mut state = self.lock();
                    self.take_from(&mut state, who, true);
                    self.give(&mut state);
                    look += self.share.patience;
                }
            }
        }
    }

    fn line_up(self: &Arc<Self>, who: &Claimant) -> Option<oneshot::Receiver<Turn>> {
        let mut state = self.lock();
        state.waiting.retain(|waiting| !waiting.give.is_closed());
        let alike = state.waiting.iter().filter(|waiting| waiting.who.client == who.client);
        if alike.count() >= self.share.most.saturating_mul(WAITING_FOR_A_TURN) {
            return None;
        }
        let (give, given) = oneshot::channel();
        let who = who.clone();
        state.waiting.push_back(Waiting { who: who.clone(), give });
        if state.held.len() >= self.share.most {
            self.take_from(&mut state, &who, false);
        }
        self.give(&mut state);
        Some(given)
    }

    /// Free turns go to whose client has the fewest, then to whose object has, then to who came first.
    fn give(self: &Arc<Self>, state: &mut State) {
        while state.held.len() < self.share.most {
            let next = (0..state.waiting.len())
                .filter(|&n| state.held_at(&state.waiting[n].who) < self.share.of_one_address)
                .min_by_key(|&n| state.share_of(&state.waiting[n].who));
            let Some(waiting) = next.and_then(|n| state.waiting.remove(n)) else {
                return;
            };
            state.last_id += 1;
            let turn = Turn {
                turns: Arc::clone(self),
                id: state.last_id,
                is_held: true,
                progress: Arc::new(Progress::begun()),
            };
            let held = Held {
                id: turn.id,
                who: waiting.who,
                progress: Arc::clone(&turn.progress),
            };
            match waiting.give.send(turn) {
                Ok(()) => state.held.push(held),
                // Who waited is gone, and there is nothing to give back: that would ask for the lock.
                Err(mut turn) => turn.is_held = false,
            }
        }
    }

    /// Takes one turn away for `who`, if there is one that another should not keep.
    fn take_from(&self, state: &mut State, who: &Claimant, patient: bool) {
        let now = Instant::now();
        let loses = state.stopped(now, &self.share);
        let loses = loses.or_else(|| patient.then(|| state.above_share(who, now)).flatten());
        if let Some(n) = loses {
            let held = state.held.swap_remove(n);
            held.progress.lost.store(true, Ordering::Release);
            held.progress.told.notify_one();
        }
    }

    #[cfg(test)]
    pub(super) fn is_full(&self) -> bool {
        self.lock().held.len() >= self.share.most
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Turns of the client, and of its object among them.
    fn share_of(&self, who: &Claimant) -> (usize, usize) {
        let of_client = self.held.iter().filter(|held| held.who.client == who.client);
        let of_object = of_client.clone().filter(|held| held.who.object == who.object);
        (of_client.count(), of_object.count())
    }

    /// Turns at the same signed address; none where there is no such address.
    fn held_at(&self, who: &Claimant) -> usize {
        let same = |held: &&Held| who.address.is_some() && held.who.address == who.address;
        self.held.iter().filter(same).count()
    }

    /// Who moves nothing, or next to nothing.
    fn stopped(&self, now: Instant, share: &Share) -> Option<usize> {
        (0..self.held.len()).find(|&n| {
            let progress = &self.held[n].progress;
            let crawls = now - progress.since >= share.slow_start && progress.rate(now) < share.slow;
            progress.idle(now) >= share.idle || crawls
        })
    }

    /// The slowest of the client with the most turns, if that is more than `who`'s would have; else of the object of its own
    /// client with the most, in the same way.
    fn above_share(&self, who: &Claimant, now: Instant) -> Option<usize> {
        let (mine, of_object) = self.share_of(who);
        let slowest = |n: &usize| self.held[*n].progress.rate(now);
        let all = 0..self.held.len();
        let greedy = all.clone().map(|n| self.share_of(&self.held[n].who).0).max()?;
        if greedy > mine + 1 {
            let theirs = all.filter(|&n| self.share_of(&self.held[n].who).0 == greedy);
            return theirs.min_by_key(slowest);
        }
        let own = all.filter(|&n| self.held[n].who.client == who.client);
        let most = own.clone().map(|n| self.share_of(&self.held[n].who).1).max()?;
        let theirs = own.filter(|&n| self.share_of(&self.held[n].who).1 == most);
        (most > of_object + 1).then(|| theirs.min_by_key(slowest)).flatten()
    }
}

impl Progress {
    fn begun() -> Self {
        Self {
            since: Instant::now(),
            bytes: AtomicU64::new(0),
            last: AtomicU64::new(0),
            lost: AtomicBool::new(false),
            told: Notify::new(),
        }
    }

    /// Bytes a second since the turn began.
    fn rate(&self, now: Instant) -> u64 {
        let seconds = (now - self.since).as_secs().max(1);
        self.bytes.load(Ordering::Relaxed) / seconds
    }

    fn idle(&self, now: Instant) -> Duration {
        (now - self.since).saturating_sub(Duration::from_millis(self.last.load(Ordering::Relaxed)))
    }
}

impl Turn {
    /// So many bytes more; none says that the other end is there.
    pub(super) fn moved(&self, bytes: usize) {
        let progress = &self.progress;
        progress.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        let since = u64::try_from(progress.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        progress.last.store(since, Ordering::Relaxed);
    }

    pub(super) fn is_lost(&self) -> bool {
        self.progress.lost.load(Ordering::Acquire)
    }

    /// Ends when the turn is another's.
    pub(super) async fn lost(&self) {
        while !self.is_lost() {
            self.progress.told.notified().await;
        }
    }

    /// The same, for whoever lost it.
    pub(super) async fn take_again(&mut self, who: &Claimant) -> S3Result<()> {
        let turns = Arc::clone(&self.turns);
        *self = turns.take(who).await?;
        Ok(())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.is_held {
            return;
        }
        let turns = Arc::clone(&self.turns);
        let mut state = turns.lock();
        state.held.retain(|held| held.id != self.id);
        turns.give(&mut state);
    }
}

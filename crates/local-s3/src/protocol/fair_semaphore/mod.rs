//! A semaphore whose permits, to send or to receive, are shared among clients, then among the objects of one client. The client
//! that holds the fewest is served next; a request that has waited for a moment takes the permit of the slowest transfer of a
//! client that holds more than its share. The client that came first cannot keep all permits.

mod claimant;
mod progress;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use s3s::{S3Result, s3_error};
use tokio::{sync::oneshot, time::Instant};

pub(super) use claimant::Claimant;
use progress::Progress;

/// Requests of one client that may wait at the same time, for each permit that exists.
const WAITING_FOR_A_PERMIT: usize = 4;

/// How permits are shared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Permits that exist.
    pub(super) most: usize,
    /// Permits of one presigned URL.
    pub(super) of_one_address: usize,
    /// How long a request waits before it is answered with `SlowDown`.
    pub(super) max_wait: Duration,
    /// How long it waits before a client with more than its share loses a permit.
    pub(super) patience: Duration,
    /// A transfer that moved nothing for this long loses its permit as soon as another request waits.
    pub(super) idle: Duration,
    /// So does one that moved fewer bytes per second than this since its permit was given, `slow_start` ago or longer.
    pub(super) slow: u64,
    /// See [`Self::slow`].
    pub(super) slow_start: Duration,
}

/// A semaphore with a fixed number of permits.
#[derive(Debug)]
pub(super) struct FairSemaphore {
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    held: Vec<GrantedPermit>,
    waiting: VecDeque<Waiting>,
    last_id: u64,
}

#[derive(Debug)]
struct GrantedPermit {
    id: u64,
    who: Claimant,
    progress: Arc<Progress>,
}

#[derive(Debug)]
struct Waiting {
    who: Claimant,
    give: oneshot::Sender<Permit>,
}

/// One permit, until it is dropped or revoked.
#[derive(Debug)]
pub(super) struct Permit {
    semaphore: Arc<FairSemaphore>,
    id: u64,
    /// Whether it must be given back.
    is_held: bool,
    progress: Arc<Progress>,
}

impl FairSemaphore {
    pub(super) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            state: Mutex::default(),
        })
    }

    /// Waits for a permit.
    ///
    /// # Errors
    /// `SlowDown` if none was free in time.
    pub(super) async fn acquire(self: &Arc<Self>, who: &Claimant) -> S3Result<Permit> {
        let slow_down = || s3_error!(SlowDown, "Too many transfers at once; try again in a moment.");
        let mut given = self.enqueue(who).ok_or_else(slow_down)?;
        let end = Instant::now() + self.limits.max_wait;
        let mut look = Instant::now() + self.limits.patience;
        loop {
            match tokio::time::timeout_at(look.min(end), &mut given).await {
                Ok(permit) => return permit.map_err(|_| slow_down()),
                Err(_) if Instant::now() >= end => return Err(slow_down()),
                Err(_) => {
                    let mut state = self.lock();
                    self.revoke_for(&mut state, who, true);
                    self.hand_out(&mut state);
                    look += self.limits.patience;
                }
            }
        }
    }

    fn enqueue(self: &Arc<Self>, who: &Claimant) -> Option<oneshot::Receiver<Permit>> {
        let mut state = self.lock();
        state.waiting.retain(|waiting| !waiting.give.is_closed());
        let alike = state.waiting.iter().filter(|waiting| waiting.who.client == who.client);
        if alike.count() >= self.limits.most.saturating_mul(WAITING_FOR_A_PERMIT) {
            return None;
        }
        let (give, given) = oneshot::channel();
        let who = who.clone();
        state.waiting.push_back(Waiting { who: who.clone(), give });
        if state.held.len() >= self.limits.most {
            self.revoke_for(&mut state, &who, false);
        }
        self.hand_out(&mut state);
        Some(given)
    }

    /// Free permits go to the client that has the fewest, then to its object that has the fewest, then to the request that came first.
    fn hand_out(self: &Arc<Self>, state: &mut State) {
        while state.held.len() < self.limits.most {
            let next = (0..state.waiting.len())
                .filter(|&n| state.held_at(&state.waiting[n].who) < self.limits.of_one_address)
                .min_by_key(|&n| state.share_of(&state.waiting[n].who));
            let Some(waiting) = next.and_then(|n| state.waiting.remove(n)) else {
                return;
            };
            state.last_id += 1;
            let permit = Permit {
                semaphore: Arc::clone(self),
                id: state.last_id,
                is_held: true,
                progress: Arc::new(Progress::new()),
            };
            let held = GrantedPermit {
                id: permit.id,
                who: waiting.who,
                progress: Arc::clone(&permit.progress),
            };
            match waiting.give.send(permit) {
                Ok(()) => state.held.push(held),
                // The request is gone. Giving the permit back would ask for the lock that is held here.
                Err(mut permit) => permit.is_held = false,
            }
        }
    }

    /// Revokes one permit for `who`, if there is one that its holder should not keep.
    fn revoke_for(&self, state: &mut State, who: &Claimant, patient: bool) {
        let now = Instant::now();
        let loses = state.stopped(now, &self.limits);
        let loses = loses.or_else(|| patient.then(|| state.above_share(who, now)).flatten());
        if let Some(n) = loses {
            let held = state.held.swap_remove(n);
            held.progress.revoke();
        }
    }

    #[cfg(test)]
    pub(super) fn is_full(&self) -> bool {
        self.lock().held.len() >= self.limits.most
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Permits of the client, and how many of them are for its object.
    fn share_of(&self, who: &Claimant) -> (usize, usize) {
        let of_client = self.held.iter().filter(|held| held.who.client == who.client);
        let of_object = of_client.clone().filter(|held| held.who.object == who.object);
        (of_client.count(), of_object.count())
    }

    /// Permits of the same presigned URL; 0 if the request has none.
    fn held_at(&self, who: &Claimant) -> usize {
        let same = |granted: &&GrantedPermit| who.address.is_some() && granted.who.address == who.address;
        self.held.iter().filter(same).count()
    }

    /// A transfer that moves nothing, or next to nothing.
    fn stopped(&self, now: Instant, limits: &Limits) -> Option<usize> {
        (0..self.held.len()).find(|&n| {
            let progress = &self.held[n].progress;
            let crawls = now - progress.since >= limits.slow_start && progress.rate(now) < limits.slow;
            progress.idle(now) >= limits.idle || crawls
        })
    }

    /// The slowest transfer of the client with the most permits, if that is more than the client of `who` would have; otherwise
    /// of the object with the most permits of that client, in the same way.
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

impl Permit {
    /// Counts bytes that were moved; 0 says that the other end is alive.
    pub(super) fn moved(&self, bytes: usize) {
        self.progress.moved(bytes);
    }

    pub(super) fn is_revoked(&self) -> bool {
        self.progress.is_revoked()
    }

    /// Waits until the permit is revoked.
    pub(super) async fn revoked(&self) {
        self.progress.revoked().await;
    }

    /// Waits for another permit after this one was revoked.
    pub(super) async fn reacquire(&mut self, who: &Claimant) -> S3Result<()> {
        let semaphore = Arc::clone(&self.semaphore);
        *self = semaphore.acquire(who).await?;
        Ok(())
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.is_held {
            return;
        }
        let semaphore = Arc::clone(&self.semaphore);
        let mut state = semaphore.lock();
        state.held.retain(|held| held.id != self.id);
        semaphore.hand_out(&mut state);
    }
}

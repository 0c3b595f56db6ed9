//! Mixed load of honest people, who try again when something goes away, and what they heard.

mod paying;
mod requests;
mod sending;
mod signing_in;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

pub(super) use sending::still_arrives;

use super::Fleet;
use crate::held;

/// Begins every name and every content that is sent, and may stand in no log, no database, no bucket.
pub(super) const CANARIES: [&str; 2] = ["fleet-canary-name", "fleet-canary-content"];

/// After the last fault everything ends within this time (I10).
pub(super) const ENDS_WITHIN: Duration = Duration::from_secs(60);

/// How many of each kind go on at a time.
const SENDERS: usize = 2;
const USERS: usize = 2;
const BUYERS: usize = 1;

/// A link that was said to be complete.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) link: String,
    pub(super) name: String,
    pub(super) seed: u8,
    pub(super) len: usize,
    /// Whether it was taken back, or used up.
    pub(super) has_ended: bool,
}

/// What was heard.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) sent: Vec<Sent>,
    /// Tokens of sessions and keys of links.
    pub(super) secrets: Vec<String>,
    /// Payments that were taken.
    pub(super) paid: usize,
    pub(super) counts: BTreeMap<&'static str, u32>,
    /// What must not happen, and did.
    pub(super) broken: Vec<String>,
}

/// What all of them share.
pub(super) struct Load {
    pub(super) base: String,
    pub(super) folder: PathBuf,
    until: Instant,
    heard: Mutex<Heard>,
}

impl Load {
    pub(super) fn new(fleet: &Fleet, until: Instant) -> Self {
        Self {
            base: fleet.balancer.address(),
            folder: fleet.folder.path().to_owned(),
            until,
            heard: Mutex::default(),
        }
    }

    pub(super) fn heard<T>(&self, look: impl FnOnce(&mut Heard) -> T) -> T {
        look(&mut held(&self.heard))
    }

    fn goes_on(&self) -> bool {
        Instant::now() < self.until
    }

    /// After that nobody tries again.
    fn gives_up_at(&self) -> Instant {
        Instant::now().max(self.until) + ENDS_WITHIN
    }

    fn count(&self, what: &'static str) {
        self.heard(|heard| *heard.counts.entry(what).or_default() += 1);
    }

    fn broken(&self, what: String) {
        self.heard(|heard| heard.broken.push(what));
    }
}

/// Starts all of them.
pub(super) fn start(load: &Arc<Load>, fleet: &Arc<Fleet>) -> JoinSet<()> {
    let mut people = JoinSet::new();
    for number in 0..SENDERS {
        people.spawn(sending::send_and_receive(Arc::clone(load), number));
    }
    for number in 0..USERS {
        people.spawn(signing_in::sign_in_and_out(Arc::clone(load), Arc::clone(fleet), number));
    }
    for number in 0..BUYERS {
        people.spawn(paying::buy(Arc::clone(load), Arc::clone(fleet), number));
    }
    people
}

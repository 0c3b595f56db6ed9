//! What all people of the load share, and what they heard.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::Mutex,
    time::{Duration, Instant},
};

use crate::{fleet::servers::Fleet, held};

/// Begins every name and every content that is sent, and may stand in no log, no database, no bucket.
pub(in crate::fleet) const CANARIES: [&str; 2] = ["fleet-canary-name", "fleet-canary-content"];

/// After the last fault everything ends within this time (I10).
pub(in crate::fleet) const ENDS_WITHIN: Duration = Duration::from_secs(60);

/// A link that was said to be complete.
#[derive(Debug, Clone)]
pub(in crate::fleet) struct Sent {
    pub(in crate::fleet) link: String,
    pub(in crate::fleet) name: String,
    pub(in crate::fleet) seed: u8,
    pub(in crate::fleet) len: usize,
    /// Whether it was taken back, or used up.
    pub(in crate::fleet) has_ended: bool,
}

/// What was heard.
#[derive(Debug, Default)]
pub(in crate::fleet) struct Heard {
    pub(in crate::fleet) sent: Vec<Sent>,
    /// Tokens of sessions and keys of links.
    pub(in crate::fleet) secrets: Vec<String>,
    /// Payments that were taken.
    pub(in crate::fleet) paid: usize,
    pub(in crate::fleet) counts: BTreeMap<&'static str, u32>,
    /// What must not happen, and did.
    pub(in crate::fleet) broken: Vec<String>,
}

/// What all of them share.
pub(in crate::fleet) struct Load {
    pub(in crate::fleet) base: String,
    pub(in crate::fleet) folder: PathBuf,
    until: Instant,
    heard: Mutex<Heard>,
}

impl Load {
    pub(in crate::fleet) fn new(fleet: &Fleet, until: Instant) -> Self {
        Self {
            base: fleet.balancer.address(),
            folder: fleet.folder.path().to_owned(),
            until,
            heard: Mutex::default(),
        }
    }

    pub(in crate::fleet) fn heard<T>(&self, look: impl FnOnce(&mut Heard) -> T) -> T {
        look(&mut held(&self.heard))
    }

    pub(in crate::fleet) fn goes_on(&self) -> bool {
        Instant::now() < self.until
    }

    /// After that nobody tries again.
    pub(in crate::fleet) fn gives_up_at(&self) -> Instant {
        Instant::now().max(self.until) + ENDS_WITHIN
    }

    pub(in crate::fleet) fn count(&self, what: &'static str) {
        self.heard(|heard| *heard.counts.entry(what).or_default() += 1);
    }

    pub(in crate::fleet) fn broken(&self, what: String) {
        self.heard(|heard| heard.broken.push(what));
    }
}

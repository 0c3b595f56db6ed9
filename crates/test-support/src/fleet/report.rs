//! What a run did and found, for a person to read.

use std::{collections::BTreeMap, fmt, time::Duration};

use super::{disturb::Disturbed, load::Load};

/// What a run did and found.
#[derive(Debug)]
pub struct Report {
    /// What must hold and does not; empty, if all is well.
    pub broken: Vec<String>,
    /// Processes that were killed with -9.
    pub kills: usize,
    /// Processes that were told to end, and ended well.
    pub restarts: usize,
    /// How often the balancer heard of a server that it ends.
    pub drained: usize,
    /// The longest that one of those took.
    pub slowest_end: Duration,
    /// How long after the last fault the last piece of load had come to its end.
    pub load_ended: Duration,
    /// How often what was done.
    pub counts: BTreeMap<&'static str, u32>,
    /// What was looked at afterwards, with how much there was of it.
    pub looked_at: Vec<(&'static str, u64)>,
}

impl Report {
    pub(super) fn new(load: &Load, disturbed: Disturbed, load_ended: Duration) -> Self {
        let (counts, broken) = load.heard(|heard| (heard.counts.clone(), heard.broken.clone()));
        Self {
            broken,
            kills: disturbed.kills,
            restarts: disturbed.restarts,
            drained: 0,
            slowest_end: disturbed.slowest_end,
            load_ended,
            counts,
            looked_at: Vec::new(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "killed {} times, restarted {} times, {} of them said so before (the slowest end took {:.1} s), all load over {:.1} s after the last fault",
            self.kills,
            self.restarts,
            self.drained,
            self.slowest_end.as_secs_f32(),
            self.load_ended.as_secs_f32()
        )?;
        let counts = self.counts.iter().map(|(what, number)| (*what, u64::from(*number)));
        for (what, number) in counts.chain(self.looked_at.iter().copied()) {
            writeln!(f, "{number:>10}  {what}")?;
        }
        for broken in &self.broken {
            writeln!(f, "BROKEN  {broken}")?;
        }
        Ok(())
    }
}

//! Answers that go wrong, for one endpoint each.

use serde::{Deserialize, Serialize};

/// Faults that wait.
const MAX_FAULTS: usize = 1000;

/// What the next requests to an endpoint get.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Such as `POST /payment_links`, `GET /payments/:id`, or `*`.
    pub endpoint: String,
    /// The status; with 429, `retry_after` goes with it.
    #[serde(default)]
    pub status: Option<u16>,
    /// Seconds.
    #[serde(default)]
    pub retry_after: Option<u64>,
    /// No answer at all (`hang`), or one that breaks off (`cut`), or one of many megabytes (`flood`).
    #[serde(default)]
    pub broken: Option<Broken>,
    /// What was asked for is done before.
    #[serde(default)]
    pub made: bool,
    /// For so many requests.
    #[serde(default = "once")]
    pub times: u32,
}

/// An answer that does not arrive whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Broken {
    /// It never comes.
    Hang,
    /// It breaks off.
    Cut,
    /// It does not end.
    Flood,
    /// It is a page of HTML.
    Page,
}

fn once() -> u32 {
    1
}

#[derive(Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn add(&mut self, fault: Fault) {
        if self.0.len() < MAX_FAULTS {
            self.0.push(fault);
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The first that waits for this endpoint.
    pub(super) fn take(&mut self, endpoint: &str) -> Option<Fault> {
        let fits = |fault: &Fault| fault.endpoint == "*" || fault.endpoint == endpoint;
        let place = self.0.iter().position(fits)?;
        let fault = self.0[place].clone();
        self.0[place].times = self.0[place].times.saturating_sub(1);
        if self.0[place].times == 0 {
            self.0.remove(place);
        }
        Some(fault)
    }
}

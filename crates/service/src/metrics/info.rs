//! What a metric is: name, kind, meaning, and the values that its labels may have.

use metrics::{Label, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge};

/// What a metric's number does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// Goes up, from 0 at the start of the process.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Times in seconds, counted in buckets.
    Histogram,
}

impl MetricKind {
    /// As Prometheus writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// The values of one label.
#[derive(Debug, Clone, Copy)]
pub enum Labels {
    /// These, known here.
    Closed(&'static str, &'static [&'static str]),
    /// Those of a list that the program holds elsewhere; with what that is.
    Listed(&'static str, &'static str),
}

impl Labels {
    /// The label's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Closed(name, _) | Self::Listed(name, _) => name,
        }
    }
}

/// One metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name, with the unit at the end (and `_total` after it, of a counter).
    pub name: &'static str,
    /// What its number does.
    pub kind: MetricKind,
    /// One sentence for the operator.
    pub about: &'static str,
    /// What it is split by.
    pub labels: &'static [Labels],
}

impl Metric {
    /// Tells the recorder what it is, and makes its series where all of them are known, so that each is there from the start:
    /// what was never seen has no rate.
    pub fn announce(&self) {
        match self.kind {
            MetricKind::Counter => describe_counter!(self.name, Unit::Count, self.about),
            MetricKind::Gauge => describe_gauge!(self.name, self.about),
            MetricKind::Histogram => describe_histogram!(self.name, Unit::Seconds, self.about),
        }
        for labels in self.combinations() {
            match self.kind {
                MetricKind::Counter => counter!(self.name, labels).increment(0),
                MetricKind::Gauge => gauge!(self.name, labels).increment(0.0),
                MetricKind::Histogram => {}
            }
        }
    }

    /// Every combination of its labels; none where one is listed elsewhere.
    fn combinations(&self) -> Vec<Vec<Label>> {
        let mut all = vec![Vec::new()];
        for labels in self.labels {
            let Labels::Closed(name, values) = labels else {
                return Vec::new();
            };
            all = all
                .iter()
                .flat_map(|begun: &Vec<Label>| {
                    values.iter().map(|value| {
                        let mut one = begun.clone();
                        one.push(Label::from_static_parts(name, value));
                        one
                    })
                })
                .collect();
        }
        all
    }
}

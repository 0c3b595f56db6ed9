//! What was seen, as a table.

use std::fmt;

use super::case::Case;
use crate::s3::endpoint::{Endpoint, ServerKind};

/// The verdict on one case.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// As S3 answers.
    Ok,
    /// Otherwise, for an accepted reason.
    Differs {
        /// What was seen.
        seen: String,
        /// Why it is accepted.
        why: &'static str,
    },
    /// Otherwise, or an unconditional claim was broken.
    Failed(String),
}

/// All verdicts on one server.
#[derive(Debug)]
pub struct Report {
    url: String,
    kind: ServerKind,
    lines: Vec<(&'static str, &'static str, Outcome)>,
}

impl Report {
    pub(super) fn new(endpoint: &Endpoint) -> Self {
        Self {
            url: endpoint.url.clone(),
            kind: endpoint.kind,
            lines: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, case: &Case, seen: anyhow::Result<String>) {
        let outcome = match seen {
            Ok(seen) if seen == case.expected => Outcome::Ok,
            Ok(seen) => match case
                .accepted
                .iter()
                .find(|(kind, text, _)| *kind == self.kind && *text == seen)
            {
                Some((_, _, why)) => Outcome::Differs { seen, why },
                None => Outcome::Failed(format!("saw {seen:?}")),
            },
            Err(error) => Outcome::Failed(format!("{error:#}")),
        };
        self.lines.push((case.name, case.expected, outcome));
    }

    /// A line for every case that carries the id of a fault, as the table of faults reads them.
    #[must_use]
    pub fn faults(&self) -> String {
        let kind = format!("{:?}", self.kind).to_lowercase();
        let line = |(name, _, outcome): &(&str, &str, Outcome)| {
            let (id, rest) = name.split_once('_')?;
            let is_id = id.len() == 3 && id[1..].bytes().all(|byte| byte.is_ascii_digit());
            let word = if matches!(outcome, Outcome::Failed(_)) {
                "failed"
            } else {
                "passed"
            };
            is_id.then(|| format!("{} {word} {} ({kind})\n", id.to_uppercase(), rest.replace('_', " ")))
        };
        self.lines.iter().filter_map(line).collect()
    }

    /// Number of cases that were asked.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.lines.len()
    }

    /// The cases that failed, with what was seen.
    pub fn failures(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.lines.iter().filter_map(|(name, _, outcome)| match outcome {
            Outcome::Failed(seen) => Some((*name, seen.as_str())),
            _ => None,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "S3 conformance, aws-sdk-s3, {:?} at {}", self.kind, self.url)?;
        let width = self.lines.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
        let (mut ok, mut differs, mut failed) = (0, 0, 0);
        for (name, expected, outcome) in &self.lines {
            match outcome {
                Outcome::Ok => {
                    ok += 1;
                    writeln!(f, "  {name:width$}  ok       {expected}")?;
                }
                Outcome::Differs { seen, why } => {
                    differs += 1;
                    writeln!(f, "  {name:width$}  differs  {seen} (S3: {expected}): {why}")?;
                }
                Outcome::Failed(seen) => {
                    failed += 1;
                    writeln!(f, "  {name:width$}  FAILED   {seen} (S3: {expected})")?;
                }
            }
        }
        write!(
            f,
            "  {} cases: {ok} ok, {differs} differ and are accepted, {failed} failed",
            self.lines.len()
        )
    }
}

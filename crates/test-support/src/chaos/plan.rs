//! Which request is spoiled, and how.

use super::toxic::Toxic;
use crate::malicious_server::Seeded;

/// What happens to the requests that come.
#[derive(Debug, Clone, Default)]
pub enum Plan {
    /// Everything passes.
    #[default]
    Calm,
    /// These, each once or always.
    Told(Vec<Rule>),
    /// So many requests in a hundred, drawn from the seed.
    Seeded {
        /// Where the numbers start.
        seeded: Seeded,
        /// Requests in a hundred.
        share: usize,
    },
}

/// One request or one kind of requests.
#[derive(Debug, Clone)]
pub struct Rule {
    /// `PUT`, `GET`, `POST`…
    pub method: String,
    /// What the path and query must contain.
    pub contains: String,
    /// The how manyeth that fits, from 1; 0 is every one.
    pub nth: u32,
    /// What happens to it.
    pub toxic: Toxic,
    /// How many fitted so far.
    fitted: u32,
}

impl Rule {
    /// A rule for the nth request that fits, from 1; 0 is every one.
    #[must_use]
    pub fn new(method: &str, contains: &str, nth: u32, toxic: Toxic) -> Self {
        Self {
            method: method.to_owned(),
            contains: contains.to_owned(),
            nth,
            toxic,
            fitted: 0,
        }
    }
}

/// A request that passed, or did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its method.
    pub method: String,
    /// Its path and query, as it came.
    pub target: String,
    /// Bytes of the body that it announced.
    pub len: u64,
    /// First and last byte that it asked for, if it asked for a range.
    pub range: Option<(u64, u64)>,
    /// Whether it asked for one state of the object only (`If-Match`).
    pub is_conditional: bool,
    /// What was done to it.
    pub toxic: Option<Toxic>,
}

impl Plan {
    /// A plan of numbers that look random.
    #[must_use]
    pub const fn seeded(seed: u64, share: usize) -> Self {
        Self::Seeded {
            seeded: Seeded::new(seed),
            share,
        }
    }

    pub(super) fn meet(&mut self, method: &str, target: &str) -> Option<Toxic> {
        match self {
            Self::Calm => None,
            Self::Told(rules) => {
                let mut found = None;
                for rule in rules {
                    if rule.method != method || !target.contains(&rule.contains) {
                        continue;
                    }
                    rule.fitted += 1;
                    if rule.nth == 0 || rule.nth == rule.fitted {
                        found = found.or(Some(rule.toxic));
                    }
                }
                found
            }
            Self::Seeded { seeded, share } => (seeded.below(100) < *share).then(|| Toxic::draw(seeded)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_counts_what_fits() {
        let mut plan = Plan::Told(vec![Rule::new("PUT", "/blobs/", 2, Toxic::DropAnswer)]);
        let met: Vec<_> = ["/blobs/a", "/api", "/blobs/b", "/blobs/c"]
            .iter()
            .map(|target| plan.meet("PUT", target))
            .collect();
        assert_eq!(met, [None, None, Some(Toxic::DropAnswer), None]);
        assert_eq!(plan.meet("GET", "/blobs/b"), None);
    }
}

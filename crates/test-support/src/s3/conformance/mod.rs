//! The conformance suite: named cases that ask a server one thing each and say what they saw.
//!
//! What S3 itself answers is `expected`. Where a server is known to answer otherwise, and we can live with it, the case
//! says so with the reason; everything else is a failure. A claim that must hold on every server (bytes equal, nothing
//! left behind) is checked inside a case and cannot be excused.

mod bench;
mod bodies;
mod case;
mod lists;
mod multipart;
mod multipart_end;
mod objects;
mod presigned;
mod ranges;
mod report;
mod resent;

pub use bench::Bench;
pub use case::Case;
pub use report::{Outcome, Report};

use super::endpoint::Endpoint;

/// All cases, in the order of the table.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(multipart::cases());
    cases.extend(multipart_end::cases());
    cases.extend(resent::cases());
    cases.extend(objects::cases());
    cases.extend(bodies::cases());
    cases.extend(ranges::cases());
    cases.extend(lists::cases());
    cases.extend(presigned::cases());
    cases
}

/// Asks all cases whose name contains `filter`, one after the other.
///
/// # Errors
/// When the bucket can be neither found nor made.
pub async fn run(endpoint: &Endpoint, filter: &str) -> anyhow::Result<Report> {
    let bench = Bench::new(endpoint).await?;
    let mut report = Report::new(endpoint);
    for case in cases().iter().filter(|case| case.name.contains(filter)) {
        let bench = bench.of_case(case.name);
        let seen = (case.ask)(&bench).await;
        report.add(case, seen);
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_there_are_enough() {
        let cases = super::cases();
        let names: HashSet<_> = cases.iter().map(|case| case.name).collect();
        assert_eq!(names.len(), cases.len());
        assert!(cases.len() >= 40, "{}", cases.len());
    }
}

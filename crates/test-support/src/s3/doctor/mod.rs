//! `sealdrop-server doctor` asked about a store that we did not write: each misconfiguration is planted in a bucket of its own, must be
//! found, say what to do, and be mended where `--fix` can.

mod keys;
mod operator;
mod rules;

use std::{fmt, path::Path};

use super::Endpoint;
use operator::Operator;

/// What came of each case.
#[derive(Debug, Default)]
pub struct DoctorReport(Vec<(&'static str, anyhow::Result<()>)>);

impl DoctorReport {
    /// Whether all passed.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.0.iter().all(|(_, result)| result.is_ok())
    }

    /// One line for each case that proves a row of the table of faults.
    #[must_use]
    pub fn faults(&self) -> String {
        self.0.iter().map(|(name, result)| line(name, result.is_ok())).collect()
    }
}

fn line(name: &str, passed: bool) -> String {
    let row = name.get(..3).unwrap_or_default().to_uppercase();
    format!("{row} {} {name}\n", if passed { "passed" } else { "failed" })
}

impl fmt::Display for DoctorReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, result) in &self.0 {
            match result {
                Ok(()) => writeln!(f, "ok      {name}")?,
                Err(error) => writeln!(f, "FAILED  {name}: {error:#}")?,
            }
        }
        Ok(())
    }
}

/// Runs every case with this binary of the server.
///
/// # Errors
/// When a folder cannot be made.
pub async fn run(endpoint: &Endpoint, server: &Path) -> anyhow::Result<DoctorReport> {
    let operator = Operator::new(endpoint, server)?;
    let o = &operator;
    let mut report = DoctorReport::default();
    macro_rules! case {
        ($module:ident :: $name:ident) => {
            report.0.push((stringify!($name), $module::$name(o).await));
        };
    }
    case!(rules::o20_what_is_missing_is_set_and_a_second_time_is_nothing);
    case!(rules::o20_each_gap_in_cors_is_found_and_mended);
    case!(rules::o25_a_bucket_that_deletes_keeps_or_shows_is_found);
    case!(rules::o26_rules_of_others_are_shown_and_stay);
    case!(rules::o26_nothing_is_set_that_was_not_agreed_to);
    case!(keys::o21_a_key_without_a_right_is_found);
    case!(keys::o22_keys_names_and_addresses_that_are_wrong_are_named);
    Ok(report)
}

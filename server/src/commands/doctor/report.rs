//! How findings are printed: first what is wrong and what to do, then what is fine. And how the process ends.

use std::process::ExitCode;

use serde_json::json;

use super::finding::{Finding, Level};
use crate::commands::output::say;

/// Prints everything; success unless something failed.
pub(super) fn report(mut found: Vec<Finding>, is_json: bool) -> ExitCode {
    found.sort_by_key(|finding| finding.level);
    let count = |level| found.iter().filter(|finding| finding.level == level).count();
    let (failed, warnings) = (count(Level::Failed), count(Level::Warning));
    if is_json {
        say(json!({ "healthy": failed == 0, "failed": failed, "warnings": warnings, "findings": found }));
    } else {
        say(summary(failed, warnings));
        for finding in &found {
            say(finding.text());
        }
    }
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn summary(failed: usize, warnings: usize) -> String {
    let counted = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    match (failed, warnings) {
        (0, 0) => "nothing is wrong".to_owned(),
        (0, _) => format!("nothing is broken; {}", counted(warnings, "warning")),
        (_, 0) => format!("{}, first", counted(failed, "problem")),
        _ => format!(
            "{} and {}, first",
            counted(failed, "problem"),
            counted(warnings, "warning")
        ),
    }
}

//! `doctor --fix`: shows what would change, asks, sets it.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use super::{
    bucket::{Change, Patient},
    finding::Finding,
};
use crate::{
    config::{Bucket, Config},
    start::bucket_of,
};

/// Whether something was set.
///
/// # Errors
/// Why it was not.
pub(super) async fn fix(config: &Config, found: &[Finding], is_agreed: bool) -> Result<bool, String> {
    if matches!(config.bucket, Bucket::Embedded { .. }) {
        tell("the embedded bucket has no rules to set\n");
        return Ok(false);
    }
    if found.iter().any(|finding| finding.code == Some("bucket-foreign")) {
        return Err("the bucket belongs to another installation, so nothing was set in it".to_owned());
    }
    let bucket = bucket_of(config, config.http.addr).map_err(|error| error.to_string())?;
    let patient = Patient::of(config, &bucket);
    let changes = patient.planned(found).await?;
    if changes.is_empty() {
        tell("nothing is to be set in the bucket\n");
        return Ok(false);
    }
    for change in &changes {
        tell(&shown(&bucket.bucket, change));
    }
    if !is_agreed && !asked()? {
        tell("nothing was set\n");
        return Ok(false);
    }
    for change in &changes {
        patient.set(change).await?;
        tell(&format!("{} set\n", change.what));
    }
    Ok(true)
}

fn shown(bucket: &str, change: &Change) -> String {
    let lines: String = change.lines().iter().map(|line| format!("  {line}\n")).collect();
    format!("{} of {bucket}: - goes, + comes, the rest stays\n{lines}", change.what)
}

fn asked() -> Result<bool, String> {
    if !io::stdin().is_terminal() {
        return Err("standard input is no terminal, so nothing was asked and nothing set: read what would change, then add --yes".to_owned());
    }
    tell("Set this? [y/N] ");
    let mut said = String::new();
    let read = io::stdin().lock().read_line(&mut said);
    read.map_err(|error| format!("the answer cannot be read: {error}"))?;
    Ok(matches!(said.trim(), "y" | "Y" | "yes"))
}

/// To standard error: what is found is on standard output, also as JSON.
fn tell(text: &str) {
    let mut out = io::stderr();
    // Who closed it does not want to read it.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

//! What a server allows, asked for and compared with what is to be sent before the first byte moves.

use sealdrop_api::{GetLimits, Limits, Problem, ProblemType};
use sealdrop_crypto::{Padding, size};

use super::plan::{PlannedObject, plan};
use crate::{
    engine::{call::call, retry::RetryPolicy},
    error::TransferError,
    item::MAX_NOTE,
    link::password::normalize_password,
    platform::Platform,
    upload::options::SendOptions,
};

/// Bytes of a password at most, normalised (format, section 7).
const MAX_PASSWORD: usize = 1024;

/// What a server allows.
///
/// # Errors
/// [`TransferError::Unreachable`] and whatever the server says.
pub async fn limits<P: Platform>(platform: &P) -> Result<Limits, TransferError> {
    call(platform, &GetLimits, None, RetryPolicy::Interactive).await
}

/// Sealed bytes that files of these lengths will take, without a list that may become a manifest.
#[must_use]
pub fn sealed_bytes(lens: &[u64], padding: Padding) -> u64 {
    plan(lens, padding).objects.iter().map(PlannedObject::sealed_len).sum()
}

fn plural(n: u64, one: &str) -> String {
    if n == 1 {
        format!("1 {one}")
    } else {
        format!("{n} {one}s")
    }
}

/// A time as a person says it.
fn duration(seconds: u64) -> String {
    match seconds {
        0..60 => plural(seconds, "second"),
        60..3_600 => plural(seconds / 60, "minute"),
        3_600..172_800 => plural(seconds / 3_600, "hour"),
        _ => plural(seconds / 86_400, "day"),
    }
}

/// Refuses what no link can hold, before anybody is asked.
pub(crate) fn check_choices<P: Platform>(platform: &P, options: &SendOptions) -> Result<(), TransferError> {
    if options.note.len() > MAX_NOTE {
        return Err(TransferError::Unsendable("a note is at most 4096 bytes"));
    }
    let password = normalize_password(platform, options.password.as_ref());
    if password.is_some_and(|password| password.len() > MAX_PASSWORD) {
        return Err(TransferError::Unsendable("a password is 1 to 1024 bytes"));
    }
    Ok(())
}

/// Refuses what the server would refuse, before the first byte.
pub(crate) fn check_limits(allowed: &Limits, sealed: u64, options: &SendOptions) -> Result<(), TransferError> {
    if !allowed.guest {
        return Err(Problem::new(ProblemType::GuestsOff).into());
    }
    let too_large = |detail: String| Err(Problem::new(ProblemType::TooLarge).with_detail(detail).into());
    if sealed > allowed.max_link_bytes {
        let mut problem = Problem::new(ProblemType::TooLarge);
        problem.limit = Some(allowed.max_link_bytes);
        return Err(problem.into());
    }
    if options.expires_in.is_some_and(|asked| asked > allowed.max_expires_in) {
        let most = duration(allowed.max_expires_in);
        return too_large(format!("A link can last at most {most} on this server."));
    }
    if options.expires_in.is_some_and(|asked| asked < allowed.min_expires_in) {
        let least = duration(allowed.min_expires_in);
        return too_large(format!("A link must last at least {least} on this server."));
    }
    if options.max_downloads.is_some_and(|asked| asked > allowed.max_downloads) {
        return too_large(format!(
            "A link can have at most {} on this server.",
            plural(allowed.max_downloads.into(), "download")
        ));
    }
    Ok(())
}

const _: () = assert!(
    size::PART == sealdrop_api::limits::PART_LEN,
    "one part length in contract and format"
);

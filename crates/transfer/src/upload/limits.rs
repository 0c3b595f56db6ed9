//! What a server allows, asked for and compared with what is to be sent before the first byte moves.

use sealdrop_api::{GetLimits, Limits, Problem, ProblemType};
use sealdrop_crypto::{Padding, size};

use crate::{Patience, PlannedObject, Platform, SendOptions, TransferError, call, plan::plan};

/// What a server allows.
///
/// # Errors
/// [`TransferError::Unreachable`] and whatever the server says.
pub async fn limits<P: Platform>(platform: &P) -> Result<Limits, TransferError> {
    call(platform, &GetLimits, None, Patience::Short).await
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
        let (days, hours) = (allowed.max_expires_in / 86_400, allowed.max_expires_in / 3_600);
        let most = if days > 1 {
            format!("{days} days")
        } else {
            plural(hours, "hour")
        };
        return too_large(format!("A link can last at most {most} on this server."));
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

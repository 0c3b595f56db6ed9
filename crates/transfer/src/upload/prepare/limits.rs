//! What a server allows, asked for and compared with what is to be sent before the first byte moves.

use sealdrop_api::{GetLimits, LimitKind, Limits, Problem, ProblemType};
use sealdrop_crypto::{Padding, size};

use super::plan::{PlannedObject, plan};
use crate::{
    engine::{call::call, retry::RetryPolicy},
    error::{InvalidInput, TransferError},
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
/// [`TransferError::Unreachable`] and what the server says.
pub async fn limits<P: Platform>(platform: &P) -> Result<Limits, TransferError> {
    call(platform, &GetLimits, None, RetryPolicy::Interactive).await
}

/// Sealed bytes that files of these lengths will take, without a list that may become a manifest.
#[must_use]
pub fn sealed_bytes(lens: &[u64], padding: Padding) -> u64 {
    plan(lens, padding).objects.iter().map(PlannedObject::sealed_len).sum()
}

/// Refuses what no link can hold, before anybody is asked.
pub(crate) fn check_choices<P: Platform>(platform: &P, options: &SendOptions) -> Result<(), TransferError> {
    if options.note.len() > MAX_NOTE {
        return Err(TransferError::InvalidInput(InvalidInput::NoteSize));
    }
    let password = normalize_password(platform, options.password.as_ref());
    if password.is_some_and(|password| password.len() > MAX_PASSWORD) {
        return Err(TransferError::InvalidInput(InvalidInput::PasswordSize));
    }
    Ok(())
}

/// Refuses what the server would refuse, before the first byte.
pub(crate) fn check_limits(allowed: &Limits, sealed: u64, options: &SendOptions) -> Result<(), TransferError> {
    if !allowed.guest {
        return Err(Problem::new(ProblemType::GuestsOff).into());
    }
    let asked = options.expires_in;
    let over = if sealed > allowed.max_link_bytes {
        (LimitKind::LinkBytes, allowed.max_link_bytes)
    } else if asked.is_some_and(|asked| asked > allowed.max_expires_in) {
        (LimitKind::ExpiresIn, allowed.max_expires_in)
    } else if asked.is_some_and(|asked| asked < allowed.min_expires_in) {
        (LimitKind::MinExpiresIn, allowed.min_expires_in)
    } else if options.max_downloads.is_some_and(|asked| asked > allowed.max_downloads) {
        (LimitKind::Downloads, allowed.max_downloads.into())
    } else {
        return Ok(());
    };
    Err(Problem::too_large(over.0, over.1).into())
}

const _: () = assert!(
    size::PART == sealdrop_api::limits::PART_LEN,
    "one part length in contract and format"
);

//! Passwords of links, as typed and as they are derived from.

use sealdrop_crypto::Zeroizing;

use crate::platform::Platform;

/// NFKC, and empty is none (format, section 7).
pub(crate) fn normalize_password<P: Platform>(
    platform: &P,
    typed: Option<&Zeroizing<String>>,
) -> Option<Zeroizing<String>> {
    typed
        .map(|typed| Zeroizing::new(platform.normalize_nfkc(typed)))
        .filter(|password| !password.is_empty())
}

//! Signs that need more than ASCII, and what stands for them.

use crate::environment::has_utf8;

/// Between an old name and a new one.
pub(crate) fn arrow() -> &'static str {
    if has_utf8() { "→" } else { "->" }
}

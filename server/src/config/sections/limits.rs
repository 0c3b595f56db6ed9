//! What people may send, and for how long it stays.

use sealdrop_api::limits::{MAX_OBJECT_LEN, UNLIMITED_DOWNLOADS};

use crate::config::{reader::Reader, units, variable::Variable};

/// What people may send. Lengths in sealed bytes, durations in seconds.
#[derive(Debug, Clone, Copy)]
pub struct LimitsConfig {
    /// Bytes of one link for clients without an account; 0 refuses all of them.
    pub guest_max_bytes: u64,
    /// Bytes that an account of the plan `free` may hold.
    pub free_storage_bytes: u64,
    /// Lifetime of a link when the sender says nothing.
    pub default_expires_in: u64,
    /// Lifetime of a link at most.
    pub max_expires_in: u64,
    /// Downloads of a link when the sender says nothing.
    pub default_downloads: u32,
    /// Downloads of a link at most.
    pub max_downloads: u32,
}

static GUEST: Variable = Variable {
    name: "SEALDROP_GUEST_MAX_BYTES",
    default: "50GB",
    secret: false,
    about: "Sealed bytes of one link that a client without an account may send (files, and up to 3.2 % of padding); 0 turns guests off.",
};
static FREE: Variable = Variable {
    name: "SEALDROP_FREE_STORAGE",
    default: "10GB",
    secret: false,
    about: "Sealed bytes that the account of a user may hold, over all of their links and uploads that go on. Set lower, nothing is deleted: who holds more sends again when there is room. Several servers on one database need the same.",
};
static DEFAULT_EXPIRES: Variable = Variable {
    name: "SEALDROP_DEFAULT_EXPIRES_IN",
    default: "7d",
    secret: false,
    about: "How long a link lives when the sender chooses nothing: seconds, or a number with s, m, h or d.",
};
static MAX_EXPIRES: Variable = Variable {
    name: "SEALDROP_MAX_EXPIRES_IN",
    default: "30d",
    secret: false,
    about: "How long a link may live at most.",
};
static DEFAULT_DOWNLOADS: Variable = Variable {
    name: "SEALDROP_DEFAULT_DOWNLOADS",
    default: "10",
    secret: false,
    about: "Downloads of a link when the sender chooses nothing.",
};
static MAX_DOWNLOADS: Variable = Variable {
    name: "SEALDROP_MAX_DOWNLOADS",
    default: "100",
    secret: false,
    about: "Downloads of a link at most, up to 1000000: `unlimited` says the same, and senders are offered no limit.",
};

pub(in crate::config) static VARIABLES: &[&Variable] = &[
    &GUEST,
    &FREE,
    &DEFAULT_EXPIRES,
    &MAX_EXPIRES,
    &DEFAULT_DOWNLOADS,
    &MAX_DOWNLOADS,
];

impl LimitsConfig {
    pub(in crate::config) fn read(reader: &mut Reader) -> Self {
        let limits = Self {
            guest_max_bytes: reader.parsed(&GUEST, units::bytes),
            free_storage_bytes: reader.parsed(&FREE, units::bytes),
            default_expires_in: reader.parsed(&DEFAULT_EXPIRES, units::seconds),
            max_expires_in: reader.parsed(&MAX_EXPIRES, units::seconds),
            default_downloads: reader.plain(&DEFAULT_DOWNLOADS, "a number"),
            max_downloads: reader.parsed(&MAX_DOWNLOADS, downloads),
        };
        if limits.default_expires_in == 0 || limits.default_expires_in > limits.max_expires_in {
            reader.problem(
                &DEFAULT_EXPIRES,
                "expected more than 0 and at most SEALDROP_MAX_EXPIRES_IN",
            );
        }
        if limits.max_expires_in > 10 * 366 * 86_400 {
            reader.problem(&MAX_EXPIRES, "expected at most ten years");
        }
        if limits.default_downloads == 0 || limits.default_downloads > limits.max_downloads {
            reader.problem(
                &DEFAULT_DOWNLOADS,
                "expected more than 0 and at most SEALDROP_MAX_DOWNLOADS",
            );
        }
        if limits.max_downloads > UNLIMITED_DOWNLOADS {
            reader.problem(&MAX_DOWNLOADS, "expected at most 1000000");
        }
        if limits.guest_max_bytes > 1000 * MAX_OBJECT_LEN {
            reader.problem(&GUEST, "expected at most 2000TiB");
        }
        if limits.free_storage_bytes > 1000 * MAX_OBJECT_LEN {
            reader.problem(&FREE, "expected at most 2000TiB");
        }
        limits
    }
}

fn downloads(text: &str) -> Result<u32, String> {
    match text {
        "unlimited" => Ok(UNLIMITED_DOWNLOADS),
        _ => text.parse().map_err(|_| "expected a number or unlimited".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_limit_is_a_word() {
        assert_eq!(downloads("unlimited"), Ok(UNLIMITED_DOWNLOADS));
        assert_eq!(downloads("7"), Ok(7));
        for wrong in ["", "-1", "many"] {
            assert!(downloads(wrong).is_err(), "{wrong}");
        }
    }
}

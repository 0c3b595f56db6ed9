//! What clients may hold of the server before they have sent it.

use crate::config::{reader::Reader, units, variable::Variable};

/// Section of what is held: for one client's network, and for all of them.
#[derive(Debug, Clone, Copy)]
pub struct QuotaConfig {
    /// Uploads of one client that no link has taken.
    pub client_max_open_uploads: u64,
    /// The same of all.
    pub max_open_uploads: u64,
    /// Bytes whose addresses one client was given and that have not arrived.
    pub client_max_promised_bytes: u64,
    /// The same of all.
    pub max_promised_bytes: u64,
    /// Uploads that one client may begin within ten minutes.
    pub client_new_uploads: u32,
}

static CLIENT_OPEN: Variable = Variable {
    name: "SEALDROP_CLIENT_MAX_OPEN_UPLOADS",
    default: "10000",
    secret: false,
    about: "Objects of one client's network that no link has taken yet. A link of 50 GB has at most 4,800 (a file below 10 MiB shares one), so two of the largest folders can be on their way at once. Each costs 16 KiB of the disk whatever its length.",
};
static OPEN: Variable = Variable {
    name: "SEALDROP_MAX_OPEN_UPLOADS",
    default: "50000",
    secret: false,
    about: "The same of all clients: ten of the largest folders, 65 MiB of memory, 800 MB of the disk and 100,000 inodes at worst. A client may hold at most half of what it leaves to the others, so that there is always room for one more.",
};
static CLIENT_PROMISED: Variable = Variable {
    name: "SEALDROP_CLIENT_MAX_PROMISED_BYTES",
    default: "16GB",
    secret: false,
    about: "Bytes whose addresses one client's network was given and that have not arrived; an address lives 15 minutes. One transfer has about 0.5 GB on its way (16 parts of 10 MiB and those in its lanes), so thirty people behind one address do not hinder each other. A client that holds more has to wait, and one part always passes.",
};
static PROMISED: Variable = Variable {
    name: "SEALDROP_MAX_PROMISED_BYTES",
    default: "1TB",
    secret: false,
    about: "The same of all clients, for a bucket whose room costs money. With the embedded bucket the disk is a bound of its own. Here too a client holds at most half of what it leaves to the others.",
};
static CLIENT_NEW: Variable = Variable {
    name: "SEALDROP_CLIENT_NEW_UPLOADS",
    default: "10000",
    secret: false,
    about: "Uploads that one client's network may begin within ten minutes: what it may hold at once. 0, or SEALDROP_RATE_LIMITS=off, is no bound.",
};

pub(in crate::config) static VARIABLES: &[&Variable] = &[&CLIENT_OPEN, &OPEN, &CLIENT_PROMISED, &PROMISED, &CLIENT_NEW];

impl QuotaConfig {
    pub(in crate::config) fn read(reader: &mut Reader) -> Self {
        let quota = Self {
            client_max_open_uploads: reader.plain(&CLIENT_OPEN, "a number"),
            max_open_uploads: reader.plain(&OPEN, "a number"),
            client_max_promised_bytes: reader.parsed(&CLIENT_PROMISED, units::bytes),
            max_promised_bytes: reader.parsed(&PROMISED, units::bytes),
            client_new_uploads: reader.plain(&CLIENT_NEW, "a number"),
        };
        if quota.client_max_open_uploads == 0 {
            reader.problem(
                &CLIENT_OPEN,
                "expected at least 1; SEALDROP_GUEST_MAX_BYTES=0 lets nobody send",
            );
        }
        if quota.max_open_uploads < 4 {
            reader.problem(&OPEN, "expected at least 4");
        }
        if quota.max_promised_bytes < 100_000_000 {
            reader.problem(&PROMISED, "expected at least 100MB");
        }
        quota
    }
}

//! Keys and what they are derived from: accounts, slots, links, passwords, recovery texts (format, sections 4 to 7).

pub(crate) mod account;
pub(crate) mod derive;
pub(crate) mod label;
pub(crate) mod link;
pub(crate) mod password;
pub(crate) mod recovery;
pub(crate) mod secret;
pub(crate) mod slot;

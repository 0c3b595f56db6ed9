//! Sealed objects (format, section 2): header, records, parts, and the digest over all of them.

pub(crate) mod cipher;
pub(crate) mod header;
pub(crate) mod pipe;
pub(crate) mod plan;
pub(crate) mod reader;
pub(crate) mod run;
pub(crate) mod sealed_part;
pub(crate) mod tag_root;
pub(crate) mod writer;

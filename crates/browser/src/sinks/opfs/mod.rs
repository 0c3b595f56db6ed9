//! The private file system of the origin (OPFS): its files, a sink that writes there, what is kept to resume, and cleaning up.

pub(crate) mod checkpoint_writer;
pub(crate) mod cleanup;
pub(crate) mod files;
pub(crate) mod sink;

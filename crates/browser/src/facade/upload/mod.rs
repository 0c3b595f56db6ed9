//! Sending: the chosen files, a running upload, and uploads that were left unfinished.

pub(crate) mod file_handles;
pub(crate) mod selected_files;
pub(crate) mod send;
pub(crate) mod server_limits;
pub(crate) mod unfinished;

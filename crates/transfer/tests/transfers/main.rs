//! Whole transfers against a server in memory.

mod archive;
mod download_ahead;
mod download_resume;
mod engine;
mod memory;
mod openable;
mod preview;
mod resume;
mod server_chooses;
mod zip;

//! Whole transfers against a server in memory.

mod archive;
mod memory;
mod resume;
mod spine;
mod zip;

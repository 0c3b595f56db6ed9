//! Whole transfers against a server in memory.

mod memory;
mod resume;
mod spine;

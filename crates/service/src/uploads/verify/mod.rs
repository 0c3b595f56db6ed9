//! Whether the bucket has what the database holds.

mod report;
mod verify_storage;

pub use report::{StorageReport, VerifyDepth};

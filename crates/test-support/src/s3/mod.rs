//! S3 endpoints for tests, and the suite that compares them.

pub mod conformance;
pub mod doctor;
mod endpoint;
mod local;
pub mod lying;
mod seaweed;

pub use endpoint::{Endpoint, ServerKind};
pub use local::{LocalS3Process, serve};
pub use seaweed::{NOT_LISTING_KEY, READING_KEY, SERVER_KEY, Seaweed, WRITING_KEY};

//! An S3 server with one fault: the embedded bucket behind a layer that lies. What that bucket has no word for (CORS, lifecycle,
//! versioning) the layer answers itself.

mod answers;
mod lie;
mod server;

pub use lie::{GOOD_CORS, GOOD_LIFECYCLE, Lie, Right, Rules};
pub use server::LyingS3;

//! A proxy that spoils what passes, in front of the API and of the bucket: at random by a seed, or by a rule for one request.

mod plan;
mod proxy;
mod toxic;

pub use plan::{Plan, Rule, Seen};
pub use proxy::Chaos;
pub use toxic::Toxic;

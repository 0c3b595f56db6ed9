//! Redis, where an operator has one: it wakes the workers of other servers, and holds short-time limits that all servers share.
//!
//! Nothing is kept there that is missed when it is gone. Workers look for jobs every second whatever it says, and every limit is counted
//! in the process too (those of sign-in and of mail in the database). A server whose Redis does not answer does not wait for it: it
//! connects anew in the background, and what is asked meanwhile is answered without it.

mod config;
mod connection;
mod limit;
mod listen;
#[cfg(test)]
mod tests;

pub use config::RedisConfig;
pub(crate) use connection::Redis;
pub use limit::SharedLimit;

//! Sessions: a cookie of 256 random bits, of which the SHA-256 is stored.
//!
//! One is over two weeks after it was last used and a month after it was made. Its value changes once a day; the value before stays
//! good until the new one was seen, and a minute more, because answers get lost and requests go side by side.

mod end;
mod find;
pub(super) mod life;
mod list;
mod make;
mod new_device;
mod renew;
mod sign_in;
mod step_up;

pub use make::Device;
pub use sign_in::{SignedIn, TokenWish};

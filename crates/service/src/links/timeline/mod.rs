//! What happened to a link: one row for each hour and kind, with how often it did and when last. No address, no browser.
//!
//! By the hour, so that whoever opens a link a million times fills no table: a link has at most 24 rows a day of each kind.

mod event;
mod list;
mod note;

pub(crate) use event::{HOUR, KEPT_FOR, Kind};
pub(crate) use list::of_user;
pub(crate) use note::note;

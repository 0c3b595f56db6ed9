//! What the screens say, as plain values: events in, view state out. Nothing here knows Leptos or a browser, so all of it is
//! tested natively.

pub(crate) mod items;
pub(crate) mod limits;
pub(crate) mod names;
pub(crate) mod notices;
pub(crate) mod numbers;
pub(crate) mod options;
pub(crate) mod page;
pub(crate) mod qr;
pub(crate) mod run;
pub(crate) mod stage_words;
pub(crate) mod times;
pub(crate) mod tree;
pub(crate) mod user_error;

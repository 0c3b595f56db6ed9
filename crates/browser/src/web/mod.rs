//! Small typed doors to interfaces of the browser.

pub(crate) mod gc_hint;
pub(crate) mod leave;
pub(crate) mod reflect;
pub(crate) mod stay;
pub(crate) mod yield_now;

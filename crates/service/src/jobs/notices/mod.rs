//! Jobs that find what users are told of, and tell them.

pub(super) mod daily;
pub(super) mod storage;
pub(super) mod tell;
pub(super) mod unused;

//! The jobs of the outbox.

pub(crate) mod forget;
pub(crate) mod send;

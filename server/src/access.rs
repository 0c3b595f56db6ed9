//! Who a route is for.

/// Who a route is for, and how they prove it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Anyone.
    Anyone,
    /// The sender, by the header `Sealdrop-Token`.
    Owner,
    /// The holder of the whole link, by `auth` in the body.
    Bearer,
}

/// What the layers around a route must know of it: its caller and the size of its body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Takes {
    pub(crate) caller: Caller,
    /// Bytes of a body at most.
    pub(crate) max_body: usize,
}

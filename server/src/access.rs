//! Who a route is for.

use sealdrop_api::account::Scope;

/// Who a route is for, and how they prove it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Anyone.
    Anyone,
    /// The sender, by the header `Sealdrop-Token`.
    Owner,
    /// The sender, by the header `Sealdrop-Token`; or the user whose it is, by a session's cookie or an access token.
    OwnerOrUser,
    /// The holder of the whole link, by `auth` in the body.
    Bearer,
    /// A user, by a session's cookie or an access token.
    User,
    /// A user who showed within ten minutes that it is them; no access token.
    UserSteppedUp,
    /// Another service, by a proof of its own.
    Webhook,
}

/// What the layers around a route must know of it: its caller and the size of its body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Takes {
    pub(crate) caller: Caller,
    /// Bytes of a body at most.
    pub(crate) max_body: usize,
    /// What an access token needs.
    pub(crate) scope: Option<Scope>,
    /// Whether it asks who is signed in although it is for others as well.
    pub(crate) asks_who: bool,
}

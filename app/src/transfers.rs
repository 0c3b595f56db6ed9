//! What this visit is doing: one sending, one receiving and one look, and the links that were sent, kept above the router, so that a transfer goes on while its
//! person looks at another page. Screens read the signals; only the functions here talk to the engine.

pub(crate) mod chosen;
pub(crate) mod dropping;
pub(crate) mod live_region;
pub(crate) mod pasted;
pub(crate) mod pasting;
pub(crate) mod receiving;
pub(crate) mod sending;
pub(crate) mod sent_links;
pub(crate) mod viewing;

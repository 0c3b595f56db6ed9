//! Links: made and owned with the owner token, opened with the bearer that only the holder of the whole link can derive.

mod events;
mod open;
mod owner;

pub use events::{LinkEvent, LinkEventKind, LinkEvents, ListLinkEvents};
pub use open::{ObjectUrl, OpenLink, OpenedLink, Proof};
pub use owner::{
    ChangeLink, CreateLink, GetLink, LinkChange, LinkCreated, LinkList, LinkState, LinkStatus, ListLinks, NewLink,
    RevokeLink,
};

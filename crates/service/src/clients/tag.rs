//! The tag of a client's network.

/// A client's network, as a hash under this installation's secret, which is in no database. Of two tags it can be told whether they are
/// of one network; of a tag in the database, without the secret, nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientTag(pub(crate) [u8; 16]);

impl ClientTag {
    /// The client is unknown: a proxy in front does not name it. All such clients are one, without a bound of its own.
    pub const UNKNOWN: Self = Self([0; 16]);

    /// A tag that a row holds. One without is of before there were tags.
    pub(crate) fn of_row(tag: Option<&[u8]>) -> Self {
        tag.and_then(|tag| tag.try_into().ok()).map_or(Self::UNKNOWN, Self)
    }

    pub(crate) fn is_known(self) -> bool {
        self != Self::UNKNOWN
    }
}

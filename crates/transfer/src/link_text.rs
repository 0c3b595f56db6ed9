//! The text of a link: `https://host/d/<22 characters>#<51 characters>`.

/// Why a text is not a link that can be opened. Found on this device, before anything is asked of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    /// There is no `#`, or nothing behind it.
    #[error("the link has no key: the part after # is missing")]
    NoKey,
    /// Its key is cut off, mistyped, or belongs to another link.
    #[error("the link is cut off or mistyped")]
    Incomplete,
    /// It is not a link of Sealdrop.
    #[error("this is not a Sealdrop link")]
    Foreign,
    /// Its key was made by a newer version.
    #[error("the link was made by a newer version of Sealdrop")]
    NewerVersion,
}

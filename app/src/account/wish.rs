//! What may need a confirmation, and where on the page it is made.

use sealdrop_api::account::NewToken;

/// A part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Top,
    Links,
    Email,
    Notices,
    Tokens,
    Data,
}

/// What may need a confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wish {
    /// An access token.
    Token(NewToken),
    /// A code to a new address.
    NewEmail(String),
    /// A file with everything that the server holds.
    Export,
    /// The end of the account.
    Close,
}

impl Wish {
    /// Where it is made.
    pub(crate) fn place(&self) -> Place {
        match self {
            Self::Token(_) => Place::Tokens,
            Self::NewEmail(_) => Place::Email,
            Self::Export | Self::Close => Place::Data,
        }
    }
}

/// A wish that waits for a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Confirming {
    pub(crate) wish: Wish,
    /// The code is on its way.
    pub(crate) is_sent: bool,
}

//! The pages of the application.

/// Where the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    Send,
    Receive,
    SentLinks,
    SignIn,
    Account,
    /// Plans and what belongs to them: documents of their own.
    Plans,
    Security,
    CommandLine,
    Missing,
}

impl Page {
    /// The page at a path.
    pub(crate) fn of(path: &str) -> Self {
        match path {
            "/" => Self::Send,
            "/sent" => Self::SentLinks,
            "/signin" => Self::SignIn,
            "/account" => Self::Account,
            "/security" => Self::Security,
            "/cli" => Self::CommandLine,
            link if link.starts_with("/d/") => Self::Receive,
            _ => Self::Missing,
        }
    }
}

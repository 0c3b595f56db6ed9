//! The crate's one error.

/// What can go wrong. Everything sealed that does not open is [`Error::Sealed`], whatever the reason: a wrong key,
/// a changed byte, a wrong id and a wrong password must look the same from outside (format, section 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The sealed bytes do not open under this key in this place.
    #[error("the sealed data does not open")]
    Sealed,
    /// A version, suite or profile byte that this release does not know. It is read before any key is used.
    #[error("made by a newer version")]
    NewerVersion,
    /// A text (fragment, key, recovery code) is not one: wrong length, alphabet or check characters.
    #[error("the text is cut off or mistyped")]
    Text,
    /// A password that is empty or longer than 1024 bytes after normalisation.
    #[error("a password is 1 to 1024 bytes")]
    PasswordLength,
    /// More content than one object, or one blob, can hold.
    #[error("too large for one object or blob")]
    TooLarge,
    /// The caller broke the contract of a function, named here: a programming mistake, never the peer's doing.
    #[error("misuse: {0}")]
    Misuse(&'static str),
    /// 2^24 records were sealed under one key; more would weaken it. Start a new object.
    #[error("this object's key has sealed as many records as it may")]
    KeyExhausted,
    /// The system's random generator failed.
    #[error("the system's random generator failed")]
    Random,
    /// The cipher or key back-end itself failed (not the data): no memory, no WebCrypto.
    #[error("the cipher back-end failed")]
    Backend,
}

/// Result of this crate.
pub type Result<T> = core::result::Result<T, Error>;

//! The first case that fails, and how two values are compared.

use alloc::format;
use alloc::string::String;
use core::fmt;

use crate::error::Error;

/// The first case that did not behave as it must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(pub String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for Failure {}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(format!("unexpected: {error}"))
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self(format!("the cases do not parse: {error}"))
    }
}

/// Fails with the case's name unless the two are equal.
pub(super) fn expect_eq<T: PartialEq + ?Sized>(what: &str, found: &T, expected: &T) -> Result<(), Failure> {
    if found == expected {
        Ok(())
    } else {
        Err(Failure(format!("{what} differs")))
    }
}

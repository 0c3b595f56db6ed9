//! One case of the suite.

use futures::future::BoxFuture;

use super::bench::Bench;
use crate::s3::endpoint::ServerKind;

/// One question to a server.
pub struct Case {
    /// Unique name.
    pub name: &'static str,
    /// What S3 answers.
    pub expected: &'static str,
    /// What a server may answer instead, and why that is fine.
    pub accepted: &'static [(ServerKind, &'static str, &'static str)],
    /// Asks, and returns what was seen, in the words of `expected`.
    pub ask: for<'a> fn(&'a Bench) -> BoxFuture<'a, anyhow::Result<String>>,
}

/// A case in one line: name, expected answer, accepted differences, function.
macro_rules! case {
    ($function:ident, $expected:expr $(, $kind:ident: $seen:expr, $why:expr)* $(,)?) => {
        $crate::s3::conformance::case::Case {
            name: stringify!($function),
            expected: $expected,
            accepted: &[$(($crate::s3::ServerKind::$kind, $seen, $why)),*],
            ask: |bench| Box::pin($function(bench)),
        }
    };
}
pub(super) use case;

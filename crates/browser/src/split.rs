//! Split points: what stands behind one is fetched when it is called for the first time. Those of the same part come together; what
//! several parts need comes with the first of them. A part that does not come is asked for again by the next call.

use sealdrop_model::{Failure, FailureKind};
use wasm_split_helpers::SplitLoaderError;

/// A part did not come: its server cannot be reached, or has another version by now.
#[derive(Debug)]
pub(crate) struct NotLoaded;

impl From<SplitLoaderError> for NotLoaded {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

impl From<NotLoaded> for Failure {
    fn from(NotLoaded: NotLoaded) -> Self {
        Self::new(FailureKind::NotLoaded)
    }
}

/// One split point: `PART: NAME(ARGUMENTS) -> RESULT = FUTURE`, where an error of the result can be made of [`NotLoaded`]. Arguments are
/// owned: they go through a function without lifetimes.
macro_rules! split_point {
    ($part:ident: $name:ident($($argument:ident: $type:ty),*) -> $result:ty = $future:expr) => {
        // Without the feature, as in the tests of this crate, it is one module that nothing cuts.
        #[cfg_attr(feature = "split", wasm_split_helpers::wasm_split($part, fallible, return_wrapper(let answer = _; { answer.await } -> $result)))]
        pub(crate) fn $name($($argument: $type),*) -> futures::future::LocalBoxFuture<'static, $result> {
            Box::pin($future)
        }
    };
}
pub(crate) use split_point;

//! Whether a server serves the published page: its pages and every file that they may load, compared with the manifest of a release.
//!
//! What is compared of a page is what a browser runs or loads because of it (`docs/design/adr/0020-the-form-of-a-page.md`). Everything
//! that a server says is bounded and foreign: it is never printed without `escape`.

mod compare;
mod difference;
mod digest;
mod headers;
mod manifest;
mod markup;
mod shell;
mod visit;

pub(crate) use compare::compare;
pub(crate) use difference::{Difference, Found, Kind};
pub(crate) use manifest::{CannotRead, Manifest};
pub(crate) use visit::Visit;

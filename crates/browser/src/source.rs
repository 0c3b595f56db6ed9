//! Files to send, as the spine handles them.

use std::rc::Rc;

use web_sys::File;

/// A handle on a file that was picked: cheap to clone, readable in any worker.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    pub(crate) file: File,
    pub(crate) path: Rc<str>,
}

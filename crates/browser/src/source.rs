//! Files to send, as the engine handles them.

use std::rc::Rc;

use web_sys::File;

/// A handle on a file that was picked: cheap to clone, readable in any worker.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    pub(crate) file: File,
    /// Its bytes when it was picked. Asking the file itself costs a call into the browser's process.
    pub(crate) len: u64,
    pub(crate) path: Rc<str>,
}

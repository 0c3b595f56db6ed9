//! Names of files: what may travel, and what a place can hold.

mod numbering;
pub(crate) mod sanitize;
pub(crate) mod save_name;
pub(crate) mod save_paths;

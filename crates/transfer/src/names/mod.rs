//! Names of files: what may travel, and what a place can hold.

pub(crate) mod bundle_name;
pub(crate) mod extension;
mod numbering;
pub(crate) mod path;
pub(crate) mod sanitize;
pub(crate) mod save_name;
pub(crate) mod save_paths;

//! The folder below which files are saved, as this system opens it.

#[cfg(unix)]
pub(crate) use super::by_handle::{Root, id_of, make_folder};
#[cfg(not(unix))]
pub(crate) use super::by_path::{Root, id_of, make_folder};

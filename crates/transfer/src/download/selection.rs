//! Which files of a link are saved.

use crate::error::{InvalidInput, TransferError};

/// Which files of a link to save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All of them: every object is read whole and compared with its `tag_root`.
    All,
    /// One, by its place in the list.
    One(usize),
    /// Some, by their places in the list, in any order.
    Picked(Vec<usize>),
}

impl Selection {
    /// The places of what is meant in a list of `count` files, in its order, each once.
    ///
    /// # Errors
    /// [`TransferError::InvalidInput`] for a place that is not in the list.
    pub fn places(&self, count: usize) -> Result<Vec<usize>, TransferError> {
        let mut places = match self {
            Self::All => return Ok((0..count).collect()),
            Self::One(file) => vec![*file],
            Self::Picked(files) => files.clone(),
        };
        places.sort_unstable();
        places.dedup();
        match places.last() {
            Some(last) if *last >= count => Err(TransferError::InvalidInput(InvalidInput::NoSuchFile)),
            _ => Ok(places),
        }
    }
}

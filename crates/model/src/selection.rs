//! Which files of a link are saved.

use crate::failure::InvalidInput;

/// Which files of a link to save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All of them: every object is read whole and compared with its `tag_root`.
    All,
    /// Some, by their positions in the list, in any order.
    Picked(Vec<usize>),
}

impl Selection {
    /// The positions of what is meant in a list of `count` files, in its order, each once.
    ///
    /// # Errors
    /// [`InvalidInput::NoSuchFile`] for a position that is not in the list.
    pub fn positions(&self, count: usize) -> Result<Vec<usize>, InvalidInput> {
        let Self::Picked(files) = self else {
            return Ok((0..count).collect());
        };
        let mut positions = files.clone();
        positions.sort_unstable();
        positions.dedup();
        match positions.last() {
            Some(last) if *last >= count => Err(InvalidInput::NoSuchFile),
            _ => Ok(positions),
        }
    }
}

//! What was kept with an entity.

use std::collections::BTreeMap;

/// Names and values that were kept with an entity: at most 15 pairs, each value at most 256 characters.
pub type Notes = BTreeMap<String, String>;

//! The files that a part is made of, as a worker takes them.

use js_sys::{Array, Float64Array};
use sealdrop_transfer::SourceExtent;

use crate::source::SourceFile;

/// The files that a part is made of, and first byte and end in each. Slicing and reading them is the worker's: both wait for
/// the browser's process, and a part of small files has a thousand of them.
pub(super) fn sources_of(extents: &[SourceExtent<SourceFile>]) -> (Array, Float64Array) {
    let files = extents.iter().map(|extent| &extent.file.file).collect();
    let ranges: Vec<f64> = extents
        .iter()
        .flat_map(|extent| [extent.offset as f64, (extent.offset + extent.len) as f64])
        .collect();
    (files, Float64Array::from(ranges.as_slice()))
}

pub(super) fn path_of(extents: &[SourceExtent<SourceFile>], slice: usize) -> String {
    extents
        .get(slice)
        .map(|extent| extent.file.path.to_string())
        .unwrap_or_default()
}

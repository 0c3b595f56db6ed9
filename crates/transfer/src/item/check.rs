//! The rules that look at more than one value: bounds of extents, sums, paths that clash.

use std::collections::HashSet;

use sealdrop_api::ObjectId;
use sealdrop_crypto::{Padding, size};

use super::{Body, Item, ItemKind, ListFault, Listing, MAX_EXTENTS, MAX_MANIFEST_TEXT};
use crate::names::path::is_path;

/// Longest stream of a manifest object.
pub(crate) const MAX_MANIFEST_STREAM: u64 =
    size::PROLOGUE + size::padded_len(MAX_MANIFEST_TEXT as u64, Padding::Padded);

pub(super) fn item(item: &Item) -> Result<(), ListFault> {
    match &item.body {
        Body::Nothing => Ok(()),
        Body::Whole(object) => require(item.size <= object.stream_len - size::PROLOGUE, "size"),
        Body::Manifest(object) => require(object.stream_len <= MAX_MANIFEST_STREAM, "man"),
        Body::Listed(list) => {
            listing(list)?;
            require(list.size() == item.size, "size")?;
            let single = list.files.len() == 1 && list.files[0].path == item.name;
            require(
                item.kind != ItemKind::File || single,
                "a file has one entry of its own name",
            )
        }
    }
}

pub(super) fn listing(list: &Listing) -> Result<(), ListFault> {
    let ids: HashSet<ObjectId> = list.objects.iter().map(|object| object.object_id).collect();
    require(ids.len() == list.objects.len(), "an object twice")?;
    require(!list.files.is_empty(), "no files")?;

    let mut paths = Vec::with_capacity(list.files.len());
    let mut extents = Vec::new();
    for file in &list.files {
        require(is_path(&file.path), "path")?;
        paths.push(file.path.as_str());
        let mut len = 0_u64;
        for extent in &file.extents {
            let object = list
                .objects
                .get(extent.object as usize)
                .ok_or(ListFault::Refused("extent"))?;
            let end = extent.offset.checked_add(extent.len);
            let inside = end.is_some_and(|end| end <= object.stream_len - size::PROLOGUE);
            require(extent.len > 0 && inside, "extent")?;
            len = len.saturating_add(extent.len);
        }
        require(len == file.len, "extents do not add up")?;
        extents.extend_from_slice(&file.extents);
        require(extents.len() <= MAX_EXTENTS, "too many extents")?;
    }
    paths.sort_unstable();
    require(paths.windows(2).all(|pair| pair[0] != pair[1]), "a path twice")?;
    let has_below = |path: &&str| {
        // The first that does not come before `path/`.
        let at = paths.partition_point(|other| other.bytes().lt(path.bytes().chain([b'/'])));
        let next = paths.get(at).and_then(|next| next.strip_prefix(*path));
        next.is_some_and(|rest| rest.starts_with('/'))
    };
    require(!paths.iter().any(has_below), "a file is also a folder")?;
    extents.sort_unstable();
    let apart = extents
        .windows(2)
        .all(|pair| pair[0].object != pair[1].object || pair[0].offset + pair[0].len <= pair[1].offset);
    require(apart, "extents overlap")
}

fn require(holds: bool, rule: &'static str) -> Result<(), ListFault> {
    if holds { Ok(()) } else { Err(ListFault::Refused(rule)) }
}

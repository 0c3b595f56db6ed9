//! What to read: which records of which objects, in which order, and where their content goes.

use core::ops::Range;
use std::collections::{BTreeMap, BTreeSet};

use sealdrop_crypto::size;

use super::Selection;
use crate::{OpenedLink, Proof, TransferError, open_link::RUN};

/// The plan of a download.
#[derive(Debug)]
pub(super) struct Reading {
    /// The files to save.
    pub(super) selected: Vec<usize>,
    /// In the order of reading.
    pub(super) steps: Vec<Step>,
    /// Files that have bytes in an object that is not read whole.
    unproven: BTreeSet<usize>,
}

/// A run of records of one object.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) object: usize,
    /// Whether the object is read whole, to be compared with its `tag_root`.
    pub(super) whole: bool,
    pub(super) records: Range<u64>,
    /// The content that is wanted of it, in order: (file, content range in the object).
    pub(super) wanted: Vec<(usize, Range<u64>)>,
    /// Whether this is the last run of the object.
    pub(super) is_last: bool,
}

impl Reading {
    pub(super) fn plan(link: &OpenedLink, selection: Selection) -> Result<Self, TransferError> {
        let selected: Vec<usize> = match selection {
            Selection::All => (0..link.files.len()).collect(),
            Selection::One(file) if file < link.files.len() => vec![file],
            Selection::One(_) => return Err(TransferError::Unsendable("there is no such file in this link")),
        };
        // Each object's extents in the order of their bytes; and who else has bytes there.
        let mut wanted: BTreeMap<usize, Vec<(usize, Range<u64>)>> = BTreeMap::new();
        let mut others = vec![false; link.objects.len()];
        for (file, entry) in link.files.iter().enumerate() {
            let is_selected = selection == Selection::All || selected.contains(&file);
            for extent in &entry.extents {
                let object = extent.object as usize;
                if is_selected {
                    let range = extent.offset..extent.offset + extent.len;
                    wanted.entry(object).or_default().push((file, range));
                } else {
                    others[object] = true;
                }
            }
        }
        if selection == Selection::All {
            // Also what no file has bytes of belongs to the whole.
            for object in 0..link.objects.len() {
                wanted.entry(object).or_default();
            }
        }
        wanted
            .values_mut()
            .for_each(|list| list.sort_by_key(|(_, range)| range.start));

        let one_pass = selected.iter().all(|file| {
            link.files[*file]
                .extents
                .windows(2)
                .all(|pair| (pair[0].object, pair[0].offset) < (pair[1].object, pair[1].offset))
        });
        let mut steps = Vec::new();
        if one_pass {
            for (object, list) in wanted {
                let whole = !others[object];
                push_steps(&mut steps, link, object, whole, &list);
            }
        } else {
            // A list whose files jump back and forth between objects: file by file, nothing read whole.
            for file in &selected {
                for extent in &link.files[*file].extents {
                    let range = extent.offset..extent.offset + extent.len;
                    push_steps(&mut steps, link, extent.object as usize, false, &[(*file, range)]);
                }
            }
        }
        let apart = steps.iter().filter(|step| !step.whole);
        let unproven = apart
            .flat_map(|step| step.wanted.iter().map(|(file, _)| *file))
            .collect();
        Ok(Self {
            selected,
            steps,
            unproven,
        })
    }

    /// How much will be proven of a file.
    pub(super) fn proof(&self, file: usize) -> Proof {
        if self.unproven.contains(&file) {
            Proof::Complete
        } else {
            Proof::Whole
        }
    }
}

fn push_steps(steps: &mut Vec<Step>, link: &OpenedLink, object: usize, whole: bool, list: &[(usize, Range<u64>)]) {
    let records = size::record_count(link.objects[object].stream_len);
    // Record 0 always comes first: it carries the header and says how long the content is.
    let mut needed: Vec<Range<u64>> = core::iter::once(0..if whole { records } else { 1 }).collect();
    for (_, range) in list.iter().filter(|_| !whole) {
        let first = size::locate(range.start + size::PROLOGUE).0;
        let end = size::locate(range.end - 1 + size::PROLOGUE).0 + 1;
        match needed.last_mut() {
            Some(last) if first <= last.end => last.end = last.end.max(end),
            _ => needed.push(first..end),
        }
    }
    let start = steps.len();
    let mut next = 0;
    for range in needed {
        let mut first = range.start;
        while first < range.end {
            // Runs end where digests end, so that what is read whole can be compared.
            let end = ((first / RUN + 1) * RUN).min(range.end);
            let content = content_of(first)..content_of(end);
            let mut wanted = Vec::new();
            while let Some((file, extent)) = list.get(next) {
                if extent.start >= content.end {
                    break;
                }
                let part = extent.start.max(content.start)..extent.end.min(content.end);
                let is_done = extent.end <= content.end;
                if part.start < part.end {
                    wanted.push((*file, part));
                }
                if !is_done {
                    break;
                }
                next += 1;
            }
            steps.push(Step {
                object,
                whole,
                records: first..end,
                wanted,
                is_last: false,
            });
            first = end;
        }
    }
    if let Some(last) = steps[start..].last_mut() {
        last.is_last = true;
    }
}

/// Content offset of a record's first byte.
pub(super) const fn content_of(record: u64) -> u64 {
    size::record_start(record).saturating_sub(size::PROLOGUE)
}

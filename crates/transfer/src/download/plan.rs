//! What to read: which records of which objects, in which order, and where their content goes.

use core::ops::Range;
use std::collections::{BTreeMap, BTreeSet};

use sealdrop_crypto::size;
use sealdrop_model::Selection;

use crate::{
    error::TransferError,
    journal::source_digest::sha256,
    link::open::{OpenedLink, RUN},
    platform::sinks::Proof,
};

/// The plan of a download.
#[derive(Debug)]
pub(crate) struct DownloadPlan {
    /// The files to save.
    pub(crate) selected: Vec<usize>,
    /// In the order of reading.
    pub(crate) steps: Vec<RangeStep>,
    /// Files that have bytes in an object that is not read whole.
    unproven: BTreeSet<usize>,
}

/// A run of records of one object.
#[derive(Debug)]
pub(crate) struct RangeStep {
    pub(crate) object: usize,
    /// Whether the object is read whole, to be compared with its `tag_root`.
    pub(crate) whole: bool,
    pub(crate) records: Range<u64>,
    /// The content that is wanted of it, in order: (file, content range in the object).
    pub(crate) wanted: Vec<(usize, Range<u64>)>,
    /// Whether this is the last run of the object.
    pub(crate) is_last: bool,
}

impl RangeStep {
    /// Which run of its object it starts in: as many come before it where the object is read whole.
    pub(crate) const fn run(&self) -> u64 {
        self.records.start / RUN
    }
}

impl DownloadPlan {
    /// `one_by_one` asks for each file in one piece, none begun before the one before it is whole.
    pub(crate) fn new(link: &OpenedLink, selection: &Selection, one_by_one: bool) -> Result<Self, TransferError> {
        let selected = selection.positions(link.files.len())?;
        let mut is_selected = vec![false; link.files.len()];
        selected.iter().for_each(|file| is_selected[*file] = true);
        // Each object's extents in the order of their bytes; and who else has bytes there.
        let mut wanted: BTreeMap<usize, Vec<(usize, Range<u64>)>> = BTreeMap::new();
        let mut others = vec![false; link.objects.len()];
        for (file, entry) in link.files.iter().enumerate() {
            for extent in &entry.extents {
                let object = extent.object as usize;
                if is_selected[file] {
                    let range = extent.offset..extent.offset + extent.len;
                    wanted.entry(object).or_default().push((file, range));
                } else {
                    others[object] = true;
                }
            }
        }
        if *selection == Selection::All {
            // Also what no file has bytes of belongs to the whole.
            for object in 0..link.objects.len() {
                wanted.entry(object).or_default();
            }
        }
        wanted
            .values_mut()
            .for_each(|list| list.sort_by_key(|(_, range)| range.start));

        let mut one_pass = selected.iter().all(|file| {
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
            one_pass = !one_by_one || comes_in_one_piece(&steps);
        }
        if !one_pass {
            // A list whose files jump back and forth between objects: file by file, nothing read whole.
            steps.clear();
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

    /// The selected files in the order in which they are opened: as their first bytes come, empty ones last.
    pub(crate) fn order(&self, link: &OpenedLink) -> Vec<usize> {
        let mut seen = vec![false; link.files.len()];
        let with_bytes = self
            .steps
            .iter()
            .flat_map(|step| step.wanted.iter().map(|(file, _)| *file));
        let empty = self.selected.iter().copied().filter(|file| link.files[*file].len == 0);
        with_bytes
            .chain(empty)
            .filter(|file| !core::mem::replace(&mut seen[*file], true))
            .collect()
    }

    /// Bytes of each selected file in the first `steps` steps, in the order of `selected`.
    pub(crate) fn written(&self, steps: usize) -> Vec<u64> {
        let mut bytes: BTreeMap<usize, u64> = BTreeMap::new();
        for (file, wanted) in self.steps.iter().take(steps).flat_map(|step| &step.wanted) {
            *bytes.entry(*file).or_default() += wanted.end - wanted.start;
        }
        let of = |file| bytes.get(file).copied().unwrap_or(0);
        self.selected.iter().map(of).collect()
    }

    /// SHA-256 of all that decides what the steps are and where their bytes go. A change of how steps are
    /// made must change the first line, so that no download resumes across it.
    pub(crate) fn fingerprint(&self, link: &OpenedLink) -> [u8; 32] {
        let mut text = b"sealdrop download plan 1".to_vec();
        text.extend_from_slice(link.link_id.as_bytes());
        let number = |text: &mut Vec<u8>, number: u64| text.extend_from_slice(&number.to_be_bytes());
        number(&mut text, link.objects.len() as u64);
        for object in &link.objects {
            text.extend_from_slice(object.object_id.as_bytes());
            text.extend_from_slice(&object.tag_root);
            number(&mut text, object.stream_len);
        }
        for file in &self.selected {
            let entry = &link.files[*file];
            number(&mut text, *file as u64);
            number(&mut text, entry.path.len() as u64);
            text.extend_from_slice(entry.path.as_bytes());
            number(&mut text, entry.len);
            number(&mut text, entry.extents.len() as u64);
            for extent in &entry.extents {
                for one in [u64::from(extent.object), extent.offset, extent.len] {
                    number(&mut text, one);
                }
            }
        }
        // What else lies in an object decides whether it is read whole.
        let whole = self.steps.iter().map(|step| u8::from(step.whole));
        text.extend(whole);
        sha256(&text)
    }

    /// How much will be proven of a file.
    pub(crate) fn proof(&self, file: usize) -> Proof {
        if self.unproven.contains(&file) {
            Proof::Complete
        } else {
            Proof::Whole
        }
    }
}

/// Whether no file's bytes are interrupted by another's.
fn comes_in_one_piece(steps: &[RangeStep]) -> bool {
    let mut begun = BTreeSet::new();
    let mut last = None;
    steps.iter().flat_map(|step| &step.wanted).all(|(file, _)| {
        let goes_on = last == Some(*file);
        last = Some(*file);
        goes_on || begun.insert(*file)
    })
}

fn push_steps(steps: &mut Vec<RangeStep>, link: &OpenedLink, object: usize, whole: bool, list: &[(usize, Range<u64>)]) {
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
            steps.push(RangeStep {
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
pub(crate) const fn content_of(record: u64) -> u64 {
    size::record_start(record).saturating_sub(size::PROLOGUE)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sealdrop_api::{LinkAuth, LinkId, ObjectId};
    use sealdrop_crypto::Fek;
    use time::OffsetDateTime;

    use super::*;
    use crate::item::{Extent, FileEntry, ObjectRef, UnknownMembers};

    /// A list of files with extents (object, offset, length) in two objects of 1 MB.
    fn link(files: &[&[(u32, u64, u64)]]) -> OpenedLink {
        let objects = [1, 2].map(|id| ObjectRef {
            object_id: ObjectId([id; 16]),
            fek: Arc::new(Fek::from_text(&"A".repeat(43)).expect("43 characters")),
            tag_root: [0; 32],
            stream_len: size::PROLOGUE + 1_000_000,
        });
        let files = files.iter().enumerate().map(|(at, extents)| FileEntry {
            path: format!("{at}"),
            mime: None,
            len: extents.iter().map(|(_, _, len)| len).sum(),
            modified_ms: None,
            extents: extents
                .iter()
                .map(|(object, offset, len)| Extent {
                    object: *object,
                    offset: *offset,
                    len: *len,
                })
                .collect(),
            unknown: UnknownMembers::default(),
        });
        OpenedLink {
            link_id: LinkId([0; 16]),
            name: "all".to_owned(),
            note: None,
            files: files.collect(),
            plain_bytes: 0,
            expires_at: OffsetDateTime::UNIX_EPOCH,
            downloads_left: 1,
            max_downloads: 1,
            has_password: false,
            whole_size: None,
            objects: objects.to_vec(),
            auth: LinkAuth::new([0; 32]),
        }
    }

    fn pieces(plan: &DownloadPlan) -> Vec<(usize, Range<u64>)> {
        plan.steps.iter().flat_map(|step| step.wanted.clone()).collect()
    }

    #[test]
    fn d12_files_of_a_foreign_list_come_one_by_one_where_one_archive_needs_it() {
        // Two files that take turns in one object, and a third in the other.
        let link = link(&[&[(0, 0, 10), (0, 20, 10)], &[(0, 10, 10), (1, 0, 5)], &[], &[(1, 5, 5)]]);
        let plan = DownloadPlan::new(&link, &Selection::All, false).expect("it can be read");
        assert_eq!(
            pieces(&plan),
            [(0, 0..10), (1, 10..20), (0, 20..30), (1, 0..5), (3, 5..10)]
        );
        assert_eq!(plan.proof(0), Proof::Whole);

        let plan = DownloadPlan::new(&link, &Selection::All, true).expect("it can be read");
        assert_eq!(
            pieces(&plan),
            [(0, 0..10), (0, 20..30), (1, 10..20), (1, 0..5), (3, 5..10)]
        );
        assert_eq!(plan.proof(0), Proof::Complete, "nothing was read whole");
        assert_eq!(plan.order(&link), [0, 1, 3, 2]);

        // What does not take turns is read whole all the same.
        let picked = Selection::Picked(vec![3, 1]);
        let plan = DownloadPlan::new(&link, &picked, true).expect("it can be read");
        assert_eq!(plan.selected, [1, 3]);
        assert_eq!(pieces(&plan), [(1, 10..20), (1, 0..5), (3, 5..10)]);
        assert_eq!((plan.proof(1), plan.proof(3)), (Proof::Complete, Proof::Whole));
    }
}

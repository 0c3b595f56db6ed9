//! Which file goes into which object: a pure function of the sorted list, so that the same files picked again give
//! the same objects and parts (format, section 6).

use core::ops::Range;

use sealdrop_crypto::{Padding, size};

use crate::item::Extent;

/// Files below this many bytes share objects.
pub const PACKED_BELOW: u64 = size::PART;
/// Content of a pack at most.
pub const MAX_PACK: u64 = 1 << 30;

/// What becomes of a list of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferPlan {
    /// The objects to seal; never none, so that also empty files have something that a link can take.
    pub objects: Vec<PlannedObject>,
    /// Where each file's bytes will be, in the order of the list.
    pub extents: Vec<Vec<Extent>>,
}

/// An object to be sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedObject {
    /// Plain bytes.
    pub content_len: u64,
    /// Only the last object of a file in several is padded: the others are full.
    pub padding: Padding,
    runs: Vec<FileRun>,
}

/// A run of one file's bytes, on its way into an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileRun {
    /// Place of the file in the list.
    pub file: usize,
    /// First byte in the file.
    pub offset: u64,
    /// Bytes; never 0.
    pub len: u64,
    /// Content offset in the object.
    at: u64,
}

impl PlannedObject {
    /// The runs of files that make up a range of the content, in order.
    #[must_use]
    pub fn sources(&self, content: Range<u64>) -> Vec<FileRun> {
        let first = self.runs.partition_point(|run| run.at + run.len <= content.start);
        self.runs[first..]
            .iter()
            .take_while(|run| run.at < content.end)
            .map(|run| {
                let skipped = content.start.saturating_sub(run.at);
                let end = (run.at + run.len).min(content.end);
                FileRun {
                    file: run.file,
                    offset: run.offset + skipped,
                    len: end - run.at - skipped,
                    at: run.at + skipped,
                }
            })
            .collect()
    }

    /// Sealed bytes.
    #[must_use]
    pub fn sealed_len(&self) -> u64 {
        size::object_len(size::PROLOGUE + size::padded_len(self.content_len, self.padding))
    }
}

/// Plans files of these lengths, in the order of their sorted paths.
#[must_use]
pub fn plan(lens: &[u64], padding: Padding) -> TransferPlan {
    let mut planner = Planner {
        objects: Vec::new(),
        extents: vec![Vec::new(); lens.len()],
        padding,
    };
    let mut pack: Option<u32> = None;
    for (file, &len) in lens.iter().enumerate() {
        if len == 0 {
            continue;
        }
        if len >= PACKED_BELOW {
            planner.spread(file, len);
            continue;
        }
        let fits = |object: &u32| planner.objects[*object as usize].content_len + len <= MAX_PACK;
        let object = match pack.filter(fits) {
            Some(object) => object,
            None => planner.open(padding),
        };
        pack = Some(object);
        planner.append(object, file, 0, len);
    }
    if planner.objects.is_empty() {
        planner.open(padding);
    }
    TransferPlan {
        objects: planner.objects,
        extents: planner.extents,
    }
}

struct Planner {
    objects: Vec<PlannedObject>,
    extents: Vec<Vec<Extent>>,
    padding: Padding,
}

impl Planner {
    /// A large file: objects of its own, all but the last full.
    fn spread(&mut self, file: usize, len: u64) {
        let mut offset = 0;
        while offset < len {
            let now = (len - offset).min(size::FULL);
            let is_last = offset + now == len;
            let object = self.open(if is_last { self.padding } else { Padding::Exact });
            self.append(object, file, offset, now);
            offset += now;
        }
    }

    fn open(&mut self, padding: Padding) -> u32 {
        self.objects.push(PlannedObject {
            content_len: 0,
            padding,
            runs: Vec::new(),
        });
        u32::try_from(self.objects.len() - 1).expect("a list has at most 100,000 files of less than 2^53 bytes")
    }

    fn append(&mut self, object: u32, file: usize, offset: u64, len: u64) {
        let planned = &mut self.objects[object as usize];
        let at = planned.content_len;
        planned.runs.push(FileRun { file, offset, len, at });
        planned.content_len += len;
        self.extents[file].push(Extent {
            object,
            offset: at,
            len,
        });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MIB: u64 = 1 << 20;

    fn plan_of(lens: &[u64]) -> TransferPlan {
        plan(lens, Padding::Padded)
    }

    #[test]
    fn u27_boundary_sizes_are_planned() {
        for len in [0, 1, size::PART - 1, size::PART, size::PART + 1] {
            let planned = plan_of(&[len]);
            assert_eq!(planned.objects.len(), 1, "{len}");
            assert_eq!(planned.objects[0].content_len, len);
            let parts = planned.objects[0].sealed_len().div_ceil(size::PART);
            assert_eq!(parts, if len < 10_000_000 { 1 } else { 2 }, "{len}");
        }
    }

    #[test]
    fn u27_huge_files_become_full_objects_and_a_rest() {
        let planned = plan_of(&[size::FULL]);
        assert_eq!(planned.objects.len(), 1);
        assert_eq!(planned.objects[0].sealed_len(), size::MAX_PARTS * size::PART);

        let planned = plan_of(&[size::FULL + 1]);
        let lens: Vec<u64> = planned.objects.iter().map(|object| object.content_len).collect();
        assert_eq!(lens, [size::FULL, 1]);
        assert_eq!(
            planned.objects[0].sealed_len(),
            size::MAX_PARTS * size::PART,
            "full ones are not padded"
        );
        assert_eq!(planned.extents[0].len(), 2);
    }

    #[test]
    fn u30_small_files_share_objects_of_at_most_a_gibibyte() {
        let planned = plan_of(&[9 * MIB; 300]);
        assert_eq!(planned.objects.len(), 3);
        assert!(planned.objects.iter().all(|object| object.content_len <= MAX_PACK));
        let planned = plan_of(&[5, 20 * MIB, 6, 0]);
        let lens: Vec<u64> = planned.objects.iter().map(|object| object.content_len).collect();
        assert_eq!(lens, [11, 20 * MIB], "a large file does not end a pack");
        assert_eq!(planned.extents[3], []);
    }

    proptest! {
        #[test]
        fn every_byte_of_every_file_is_in_one_place(
            lens in proptest::collection::vec(prop_oneof![0..200_u64, 9 * MIB..12 * MIB, Just(size::FULL + 7)], 1..20),
            cut in 1..30 * MIB,
        ) {
            let planned = plan_of(&lens);
            for (file, len) in lens.iter().enumerate() {
                prop_assert_eq!(planned.extents[file].iter().map(|extent| extent.len).sum::<u64>(), *len);
            }
            for (index, object) in planned.objects.iter().enumerate() {
                // Ranges that tile the content give the runs that tile it.
                let mut at = 0;
                for start in (0..object.content_len).step_by(cut as usize).take(50) {
                    let range = start..(start + cut).min(object.content_len);
                    let runs = object.sources(range.clone());
                    prop_assert_eq!(runs.iter().map(|run| run.len).sum::<u64>(), range.end - range.start);
                    for run in runs {
                        prop_assert_eq!(run.at, at);
                        at += run.len;
                        let extent = planned.extents[run.file].iter().find(|extent| {
                            extent.object as usize == index && (extent.offset..extent.offset + extent.len).contains(&run.at)
                        });
                        let extent = extent.expect("the file knows where its bytes are");
                        let before: u64 = planned.extents[run.file]
                            .iter()
                            .take_while(|other| other != &extent)
                            .map(|other| other.len)
                            .sum();
                        prop_assert_eq!(before + run.at - extent.offset, run.offset);
                    }
                }
            }
        }
    }
}

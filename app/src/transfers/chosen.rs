//! The files that are chosen for sending, each under an id of its own: a position changes when another file is removed, and
//! two files may have the same path.

use std::collections::BTreeSet;

use crate::{
    engine::Picked,
    model::{
        items::{self, Item},
        tree::Tree,
    },
};

/// Names one chosen file for as long as the page lives.
pub(crate) type FileId = u64;

/// The list, in the order in which the files came.
#[derive(Default)]
pub(super) struct Chosen {
    next: FileId,
    files: Vec<(FileId, Picked)>,
}

impl Chosen {
    /// Adds files; the same file (path, length and time of change) twice is one.
    pub(super) fn add(&mut self, picked: Vec<Picked>) {
        let identity = |file: &Picked| (file.path.clone(), file.len, file.modified_ms);
        let mut known: BTreeSet<_> = self.files.iter().map(|(_, file)| identity(file)).collect();
        for file in picked {
            if known.insert(identity(&file)) {
                self.files.push((self.next, file));
                self.next += 1;
            }
        }
    }

    /// Removes files by their ids.
    pub(super) fn remove(&mut self, ids: &BTreeSet<FileId>) {
        self.files.retain(|(id, _)| !ids.contains(id));
    }

    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn clear(&mut self) {
        self.files.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// The files, in the order of the list.
    pub(super) fn picked(&self) -> Vec<Picked> {
        self.files.iter().map(|(_, file)| file.clone()).collect()
    }

    /// Id and path of each file, in the same order.
    pub(super) fn named(&self) -> Vec<(FileId, String)> {
        self.files.iter().map(|(id, file)| (*id, file.path.clone())).collect()
    }

    /// Plain bytes of each file.
    pub(super) fn lens(&self) -> Vec<u64> {
        self.files.iter().map(|(_, file)| file.len).collect()
    }

    /// The rows that stand for the files.
    pub(super) fn rows(&self) -> Vec<Item> {
        items::grouped(self.files.iter().map(|(id, file)| (*id, file.path.as_str(), file.len)))
    }

    /// The files in their folders.
    pub(super) fn tree(&self) -> Tree {
        Tree::new(self.files.iter().map(|(id, file)| (*id, file.path.as_str(), file.len)))
    }

    /// The ids of the files at some positions.
    pub(super) fn ids(&self, positions: &[usize]) -> BTreeSet<FileId> {
        let found = positions.iter().filter_map(|at| self.files.get(*at));
        found.map(|(id, _)| *id).collect()
    }
}

#[cfg(all(test, not(feature = "hydrate")))]
mod tests {
    use super::*;

    fn file(path: &str, len: u64) -> Picked {
        Picked {
            path: path.to_owned(),
            len,
            modified_ms: None,
        }
    }

    fn paths(chosen: &Chosen) -> Vec<String> {
        chosen.picked().into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn a_row_keeps_its_key_when_another_one_goes() {
        let mut chosen = Chosen::default();
        chosen.add(vec![
            file("a", 1),
            file("Kitchen/x", 2),
            file("b", 3),
            file("Kitchen/y", 4),
            file("c", 5),
        ]);
        let before = chosen.rows();
        chosen.remove(&chosen.ids(&before[0].members));
        let after = chosen.rows();
        let keys = |rows: &[Item]| rows.iter().map(|row| (row.key, row.name.clone())).collect::<Vec<_>>();
        assert_eq!(keys(&after), keys(&before)[1..]);
        let second = after
            .iter()
            .find(|row| row.key == before[2].key)
            .map(|row| row.members.clone());
        chosen.remove(&chosen.ids(&second.unwrap_or_default()));
        assert_eq!(paths(&chosen), ["Kitchen/x", "Kitchen/y", "c"]);
    }

    #[test]
    fn a_folder_is_the_same_row_after_one_of_its_files_is_gone() {
        let mut chosen = Chosen::default();
        chosen.add(vec![file("Kitchen/x", 2), file("Kitchen/y", 4)]);
        let before = chosen.rows();
        chosen.remove(&chosen.ids(&[0]));
        let after = chosen.rows();
        assert_eq!((after[0].key, after[0].len), (before[0].key, 4));
    }

    #[test]
    fn the_same_file_twice_is_one_and_two_of_one_name_are_two() {
        let mut chosen = Chosen::default();
        chosen.add(vec![file("a", 1), file("a", 1), file("a", 2)]);
        chosen.add(vec![file("a", 2)]);
        assert_eq!(chosen.len(), 2);
        let rows = chosen.rows();
        assert_ne!(rows[0].key, rows[1].key);
        chosen.remove(&chosen.ids(&rows[0].members));
        assert_eq!(chosen.lens(), [2], "the other one stays");
        chosen.add(vec![file("a", 1)]);
        assert_ne!(chosen.rows()[1].key, rows[0].key, "a key is never given twice");
    }
}

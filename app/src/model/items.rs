//! What was chosen or received, as rows: loose files one by one, folders as one row each.

use super::names;

/// Names a row for as long as its file or folder is on the list, whatever is added or removed around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RowKey(u64);

impl RowKey {
    /// The upper half of the numbers is for folders.
    const FOLDER: u64 = 1 << 63;

    /// The row of one file; `id` is the file's own, below 2^63.
    pub(crate) fn file(id: u64) -> Self {
        Self(id)
    }

    /// The row of a folder in another one: two folders of one path are one.
    pub(crate) fn folder(above: Option<Self>, name: &str) -> Self {
        let mut hasher = std::hash::DefaultHasher::new();
        std::hash::Hash::hash(&(above, name), &mut hasher);
        Self(std::hash::Hasher::finish(&hasher) | Self::FOLDER)
    }
}

impl std::fmt::Display for RowKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) key: RowKey,
    /// The file's or the folder's name, as it came: shown only through [`names`].
    pub(crate) name: String,
    /// The folder that a single file lies in; empty at the top.
    pub(crate) folder: String,
    /// Set for a row that stands for a whole folder.
    pub(crate) holds: Option<Holds>,
    /// Plain bytes.
    pub(crate) len: u64,
    /// Which files it stands for, as positions in the list that was given.
    pub(crate) members: Vec<usize>,
    /// What its icon shows.
    pub(crate) kind: Kind,
}

/// What a folder's row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holds {
    pub(crate) files: usize,
    pub(crate) folders: usize,
}

/// Kinds of files by their extension: an icon is decoration, never a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Folder,
    Image,
    Video,
    Audio,
    Document,
    Table,
    Archive,
    Other,
}

impl Kind {
    /// The kind of a file of this name.
    pub(crate) fn of(name: &str) -> Self {
        let extension = name.rsplit_once('.').map_or("", |(_, end)| end).to_ascii_lowercase();
        match extension.as_str() {
            "jpg" | "jpeg" | "png" | "gif" | "webp" | "avif" | "heic" | "tif" | "tiff" | "bmp" | "raw" | "psd" => {
                Self::Image
            }
            "mp4" | "mov" | "mkv" | "webm" | "avi" | "m4v" => Self::Video,
            "mp3" | "wav" | "flac" | "m4a" | "ogg" | "opus" | "aac" => Self::Audio,
            "pdf" | "doc" | "docx" | "odt" | "txt" | "md" | "rtf" | "svg" | "ppt" | "pptx" | "odp" | "key"
            | "pages" => Self::Document,
            "xls" | "xlsx" | "ods" | "csv" | "tsv" | "parquet" | "numbers" => Self::Table,
            "zip" | "tar" | "gz" | "zst" | "xz" | "7z" | "rar" | "bz2" | "tgz" => Self::Archive,
            _ => Self::Other,
        }
    }
}

/// One row for each file, in the order given.
pub(crate) fn flat<'a>(files: impl Iterator<Item = (&'a str, u64)>) -> Vec<Item> {
    files
        .enumerate()
        .map(|(at, (path, len))| Item {
            key: RowKey::file(at as u64),
            name: names::file(path).to_owned(),
            folder: names::folder(path).to_owned(),
            holds: None,
            len,
            members: vec![at],
            kind: Kind::of(path),
        })
        .collect()
}

/// One row for each loose file and each topmost folder, in the order of first sight. A file is given as its id, path and length.
pub(crate) fn grouped<'a>(files: impl Iterator<Item = (u64, &'a str, u64)>) -> Vec<Item> {
    let mut rows: Vec<Item> = Vec::new();
    let mut at_row = std::collections::BTreeMap::<&str, usize>::new();
    let mut inner = std::collections::BTreeSet::<&str>::new();
    for (at, (id, path, len)) in files.enumerate() {
        let Some((top, _)) = path.split_once('/') else {
            rows.extend(flat(std::iter::once((path, len))).into_iter().map(|row| Item {
                key: RowKey::file(id),
                members: vec![at],
                ..row
            }));
            continue;
        };
        let row = *at_row.entry(top).or_insert_with(|| {
            rows.push(Item {
                key: RowKey::folder(None, top),
                name: top.to_owned(),
                folder: String::new(),
                holds: Some(Holds { files: 0, folders: 0 }),
                len: 0,
                members: Vec::new(),
                kind: Kind::Folder,
            });
            rows.len() - 1
        });
        let row = &mut rows[row];
        row.len = row.len.saturating_add(len);
        row.members.push(at);
        if let Some(holds) = &mut row.holds {
            holds.files += 1;
            let mut folder = names::folder(path);
            while folder.len() > top.len() && inner.insert(folder) {
                holds.folders += 1;
                folder = names::folder(folder);
            }
        }
    }
    rows
}

/// How many files all rows stand for.
pub(crate) fn count(rows: &[Item]) -> u64 {
    rows.iter().map(|row| row.members.len() as u64).sum()
}

/// Plain bytes of all rows.
pub(crate) fn total(rows: &[Item]) -> u64 {
    rows.iter().fold(0, |sum, row| sum.saturating_add(row.len))
}

/// Plain bytes of some rows.
pub(crate) fn total_of(rows: &[Item], which: &std::collections::BTreeSet<usize>) -> u64 {
    let some = which.iter().filter_map(|at| rows.get(*at));
    some.fold(0, |sum, row| sum.saturating_add(row.len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_become_one_row() {
        let files = [
            ("a.txt", 1),
            ("Kitchen/plan/one.dwg", 10),
            ("b.mp4", 2),
            ("Kitchen/plan/deep/two.dwg", 20),
            ("Kitchen/x", 5),
        ];
        let rows = grouped((0..).zip(files).map(|(id, (path, len))| (id, path, len)));
        let names: Vec<_> = rows
            .iter()
            .map(|row| (row.name.as_str(), row.len, row.members.clone()))
            .collect();
        assert_eq!(
            names,
            [
                ("a.txt", 1, vec![0]),
                ("Kitchen", 35, vec![1, 3, 4]),
                ("b.mp4", 2, vec![2])
            ]
        );
        assert_eq!(rows[1].holds, Some(Holds { files: 3, folders: 2 }));
        assert_eq!(rows[2].kind, Kind::Video);
        assert_eq!(
            Kind::of("drawing.svg"),
            Kind::Document,
            "its source is what is shown of it"
        );
        assert_eq!((count(&rows), total(&rows)), (5, 38));
        assert_eq!(total_of(&rows, &[0, 2, 9].into()), 3);
    }

    #[test]
    fn a_flat_list_keeps_the_folder_beside_the_name() {
        let rows = flat([("a/b/c.pdf", 3)].into_iter());
        assert_eq!(
            (rows[0].name.as_str(), rows[0].folder.as_str(), rows[0].kind),
            ("c.pdf", "a/b", Kind::Document)
        );
    }
}

//! Files as a tree of folders, and the rows of it that are drawn: those whose folders are all open.
//!
//! A foreign list may have a million folders. Each is held once, by its own name, and becomes a row only where
//! it is drawn.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::{
    items::{Holds, Item, Kind, RowKey},
    names,
};

/// Files and folders, each in the order of first sight.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    files: Vec<File>,
    folders: Vec<Folder>,
    top: Inside,
}

/// A row to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) depth: usize,
    /// What it is shown as; a folder's members are all files below it.
    pub(crate) item: Item,
}

impl Line {
    pub(crate) fn is_folder(&self) -> bool {
        self.item.holds.is_some()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct File {
    id: u64,
    name: Box<str>,
    len: u64,
    next: Option<Node>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Folder {
    key: RowKey,
    name: Box<str>,
    len: u64,
    parent: Option<u32>,
    /// Of all that is below it.
    files: u32,
    folders: u32,
    inside: Inside,
    next: Option<Node>,
}

/// A file or a folder, by its position among its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    File(u32),
    Folder(u32),
}

/// What is right in a folder: a chain, in which each knows the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Inside {
    first: Option<Node>,
    last: Option<Node>,
    count: u32,
}

impl Tree {
    /// Sorts files into their folders. Each comes with an id of its own, its path and its length.
    pub(crate) fn new<'a>(files: impl Iterator<Item = (u64, &'a str, u64)>) -> Self {
        let mut tree = Self::default();
        // The key of the crate `transfer` for the same: code for each kind of map is loaded by everybody.
        let mut known: HashMap<(u32, &'a str), u32> = HashMap::new();
        for (id, path, len) in files {
            let mut parent = None;
            let above = names::folder(path);
            for name in above.split('/').filter(|_| !above.is_empty()) {
                let at = *known
                    .entry((parent.unwrap_or(u32::MAX), name))
                    .or_insert_with(|| tree.add_folder(parent, name));
                parent = Some(at);
            }
            let file = File {
                id,
                name: names::file(path).into(),
                len,
                next: None,
            };
            tree.files.push(file);
            tree.put(parent, Node::File(tree.files.len() as u32 - 1));
            tree.each_above(parent, |folder| {
                folder.files += 1;
                folder.len = folder.len.saturating_add(len);
            });
        }
        tree
    }

    fn add_folder(&mut self, parent: Option<u32>, name: &str) -> u32 {
        let above = parent
            .and_then(|at| self.folders.get(at as usize))
            .map(|folder| folder.key);
        let at = self.folders.len() as u32;
        self.folders.push(Folder {
            key: RowKey::folder(above, name),
            name: name.into(),
            len: 0,
            parent,
            files: 0,
            folders: 0,
            inside: Inside::default(),
            next: None,
        });
        self.put(parent, Node::Folder(at));
        self.each_above(parent, |folder| folder.folders += 1);
        at
    }

    /// Puts something behind what a folder holds.
    fn put(&mut self, parent: Option<u32>, new: Node) {
        let inside = match parent.and_then(|at| self.folders.get_mut(at as usize)) {
            Some(folder) => &mut folder.inside,
            None => &mut self.top,
        };
        let last = inside.last.replace(new);
        inside.count += 1;
        inside.first.get_or_insert(new);
        if let Some(next) = last.and_then(|last| self.next_mut(last)) {
            *next = Some(new);
        }
    }

    fn next_mut(&mut self, node: Node) -> Option<&mut Option<Node>> {
        match node {
            Node::File(at) => self.files.get_mut(at as usize).map(|file| &mut file.next),
            Node::Folder(at) => self.folders.get_mut(at as usize).map(|folder| &mut folder.next),
        }
    }

    fn each_above(&mut self, mut folder: Option<u32>, mut change: impl FnMut(&mut Folder)) {
        while let Some(one) = folder.and_then(|at| self.folders.get_mut(at as usize)) {
            change(one);
            folder = one.parent;
        }
    }

    /// The places in a folder, in their order.
    fn inside(&self, of: Inside) -> impl Iterator<Item = Node> {
        std::iter::successors(of.first, |node| self.next(*node))
    }

    fn next(&self, node: Node) -> Option<Node> {
        match node {
            Node::File(at) => self.files.get(at as usize)?.next,
            Node::Folder(at) => self.folders.get(at as usize)?.next,
        }
    }

    fn folder(&self, node: Node) -> Option<&Folder> {
        match node {
            Node::File(_) => None,
            Node::Folder(at) => self.folders.get(at as usize),
        }
    }

    /// The first `most` rows, given which folders are open, and how many rows there are in all.
    pub(crate) fn lines(&self, open: &BTreeSet<RowKey>, most: usize) -> (Vec<Line>, usize) {
        let (mut lines, mut all) = (Vec::new(), 0);
        // Where to go on, at each depth.
        let mut due = vec![self.top.first];
        while let Some(next) = due.last_mut() {
            let Some(node) = *next else {
                due.pop();
                continue;
            };
            *next = self.next(node);
            all += 1;
            let depth = due.len() - 1;
            if lines.len() < most {
                let item = self.item(node);
                lines.push(Line { depth, item });
            }
            let is_open = self.folder(node).filter(|folder| open.contains(&folder.key));
            due.extend(is_open.map(|folder| folder.inside.first));
        }
        (lines, all)
    }

    fn item(&self, node: Node) -> Item {
        let folder = self.folder(node);
        let file = match node {
            Node::File(at) => self.files.get(at as usize),
            Node::Folder(_) => None,
        };
        let name = folder
            .map(|folder| &*folder.name)
            .or(file.map(|file| &*file.name))
            .unwrap_or_default();
        Item {
            key: folder.map_or_else(|| RowKey::file(file.map_or(0, |file| file.id)), |folder| folder.key),
            name: name.to_owned(),
            folder: String::new(),
            holds: folder.map(|folder| Holds {
                files: folder.files as usize,
                folders: folder.folders as usize,
            }),
            len: folder
                .map(|folder| folder.len)
                .or(file.map(|file| file.len))
                .unwrap_or_default(),
            members: self.below(node),
            kind: folder.map_or_else(|| Kind::of(name), |_| Kind::Folder),
        }
    }

    /// The files of a row, as positions in the list that was given.
    fn below(&self, node: Node) -> Vec<usize> {
        let mut files = Vec::new();
        let mut due = vec![node];
        while let Some(node) = due.pop() {
            match node {
                Node::File(at) => files.push(at as usize),
                Node::Folder(at) => due.extend(
                    self.folders
                        .get(at as usize)
                        .into_iter()
                        .flat_map(|one| self.inside(one.inside)),
                ),
            }
        }
        files.sort_unstable();
        files
    }

    /// The files of a row, as positions in the list that was given.
    pub(crate) fn members(&self, key: RowKey) -> Vec<usize> {
        let folder = self.folders.iter().position(|folder| folder.key == key);
        let folder = folder.map(|at| Node::Folder(at as u32));
        let file = || self.files.iter().position(|file| RowKey::file(file.id) == key);
        let found = folder.or_else(|| file().map(|at| Node::File(at as u32)));
        found.map(|node| self.below(node)).unwrap_or_default()
    }

    /// The folders that can stand open at first, the outer ones before the inner ones, so that there are no more than `most` rows.
    pub(crate) fn open_at_first(&self, most: usize) -> BTreeSet<RowKey> {
        let mut open = BTreeSet::new();
        let mut rows = self.top.count as usize;
        let mut due: VecDeque<Inside> = VecDeque::from([self.top]);
        while let Some(inside) = due.pop_front().filter(|_| rows < most) {
            for folder in self.inside(inside).filter_map(|node| self.folder(node)) {
                if rows + folder.inside.count as usize <= most {
                    rows += folder.inside.count as usize;
                    open.insert(folder.key);
                    due.push_back(folder.inside);
                }
            }
        }
        open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: [(u64, &str, u64); 5] = [
        (7, "a.txt", 1),
        (8, "Kitchen/plan/one.dwg", 10),
        (9, "b.mp4", 2),
        (10, "Kitchen/plan/deep/two.dwg", 20),
        (11, "Kitchen/x", 5),
    ];

    fn keys(paths: &[&str]) -> BTreeSet<RowKey> {
        let key = |path: &&str| {
            path.split('/')
                .fold(None, |above, name| Some(RowKey::folder(above, name)))
        };
        paths.iter().filter_map(key).collect()
    }

    fn shown(tree: &Tree, open: &[&str]) -> Vec<(usize, String, u64)> {
        let open = keys(open);
        let (lines, all) = tree.lines(&open, 100);
        assert_eq!(lines.len(), all);
        let row = |line: &Line| (line.depth, line.item.name.clone(), line.item.len);
        lines.iter().map(row).collect()
    }

    fn row(depth: usize, name: &str, len: u64) -> (usize, String, u64) {
        (depth, name.to_owned(), len)
    }

    #[test]
    fn only_what_is_in_open_folders_is_drawn() {
        let tree = Tree::new(FILES.into_iter());
        let closed = [row(0, "a.txt", 1), row(0, "Kitchen", 35), row(0, "b.mp4", 2)];
        assert_eq!(shown(&tree, &[]), closed);
        assert_eq!(
            shown(&tree, &["Kitchen/plan"]),
            closed,
            "an open folder in a closed one"
        );
        assert_eq!(
            shown(&tree, &["Kitchen", "Kitchen/plan"]),
            [
                row(0, "a.txt", 1),
                row(0, "Kitchen", 35),
                row(1, "plan", 30),
                row(2, "one.dwg", 10),
                row(2, "deep", 20),
                row(1, "x", 5),
                row(0, "b.mp4", 2),
            ]
        );
        let (lines, all) = tree.lines(&keys(&["Kitchen"]), 2);
        assert_eq!((lines.len(), all), (2, 5));
    }

    #[test]
    fn folders_know_what_is_in_them() {
        let tree = Tree::new(FILES.into_iter());
        let (lines, _) = tree.lines(&keys(&["Kitchen"]), 100);
        let kitchen = &lines[1];
        assert_eq!(kitchen.item.holds, Some(Holds { files: 3, folders: 2 }));
        assert_eq!(kitchen.item.members, [1, 3, 4]);
        assert_eq!(lines[2].item.members, [1, 3]);
        assert_eq!((kitchen.is_folder(), lines[0].item.key), (true, RowKey::file(7)));
    }

    #[test]
    fn folders_open_from_outside_while_there_is_room() {
        let tree = Tree::new(FILES.into_iter());
        let open = |most| tree.open_at_first(most);
        assert_eq!(open(4), BTreeSet::new());
        assert_eq!(open(5), keys(&["Kitchen"]));
        assert_eq!(open(8), keys(&["Kitchen", "Kitchen/plan", "Kitchen/plan/deep"]));
    }

    /// Bytes that a tree holds, measured where they are made.
    #[global_allocator]
    static ALLOCATOR: dhat::Alloc = dhat::Alloc;

    /// As deep as a list may be, and each file in folders of its own.
    #[test]
    fn n12_a_tree_is_about_as_large_as_its_list() {
        let path = |file: usize| format!("{}/{file:06}", [&*format!("{file:06}{}", "x".repeat(56)); 63].join("/"));
        let paths: Vec<String> = (0..200).map(path).collect();
        let bytes: usize = paths.iter().map(String::len).sum();
        let _profiler = dhat::Profiler::builder().testing().build();
        let tree = Tree::new((0..).zip(&paths).map(|(id, path)| (id, path.as_str(), 1)));
        let open = tree.open_at_first(60);
        let (lines, _) = tree.lines(&open, 300);
        let most = dhat::HeapStats::get().max_bytes;
        println!("{most} bytes for {bytes} bytes of paths");
        assert_eq!((lines.len(), tree.folders.len()), (200, 200 * 63));
        assert!(most < 5 * bytes, "{most} bytes for {bytes} bytes of paths");
    }
}

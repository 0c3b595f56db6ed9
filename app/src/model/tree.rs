//! Files as a tree of folders, and the rows of it that are drawn: those whose folders are all open.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use super::{
    items::{Holds, Item, Kind, RowKey},
    names,
};

/// Files and folders, each in the order of first sight.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    nodes: Vec<Arc<Node>>,
    top: Vec<usize>,
}

/// A file or a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// What it is shown as; a folder's members are all files below it.
    pub(crate) item: Item,
    /// A folder's path.
    pub(crate) path: String,
    parent: Option<usize>,
    inside: Vec<usize>,
}

/// A row to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) depth: usize,
    pub(crate) node: Arc<Node>,
}

impl Node {
    pub(crate) fn is_folder(&self) -> bool {
        self.item.holds.is_some()
    }
}

impl Tree {
    /// Sorts files into their folders. Each comes with an id of its own, its path and its length.
    pub(crate) fn new<'a>(files: impl Iterator<Item = (u64, &'a str, u64)>) -> Self {
        let mut nodes: Vec<Node> = Vec::new();
        let mut top = Vec::new();
        let mut folders = BTreeMap::<&str, usize>::new();
        for (at, (id, path, len)) in files.enumerate() {
            // From the file's own folder up to the first one that is known, then down again.
            let mut unknown = Vec::new();
            let mut folder = names::folder(path);
            let mut parent = None;
            while !folder.is_empty() {
                if let Some(known) = folders.get(folder) {
                    parent = Some(*known);
                    break;
                }
                unknown.push(folder);
                folder = names::folder(folder);
            }
            for folder in unknown.into_iter().rev() {
                let item = Item {
                    holds: Some(Holds { files: 0, folders: 0 }),
                    kind: Kind::Folder,
                    ..item(RowKey::folder(folder), folder, 0, Vec::new())
                };
                let new = put(&mut nodes, &mut top, parent, Node::new(item, folder));
                folders.insert(folder, new);
                each_above(&mut nodes, parent, |_, holds| holds.folders += 1);
                parent = Some(new);
            }
            let file = Node::new(item(RowKey::file(id), path, len, vec![at]), "");
            put(&mut nodes, &mut top, parent, file);
            each_above(&mut nodes, parent, |folder, holds| {
                holds.files += 1;
                folder.len = folder.len.saturating_add(len);
                folder.members.push(at);
            });
        }
        Self {
            nodes: nodes.into_iter().map(Arc::new).collect(),
            top,
        }
    }

    /// The first `most` rows, given which folders are open, and how many rows there are in all.
    pub(crate) fn lines(&self, open: &BTreeSet<String>, most: usize) -> (Vec<Line>, usize) {
        let (mut lines, mut all) = (Vec::new(), 0);
        let mut due: Vec<(usize, usize)> = self.top.iter().rev().map(|at| (0, *at)).collect();
        while let Some((depth, at)) = due.pop() {
            let Some(node) = self.nodes.get(at) else { continue };
            all += 1;
            if lines.len() < most {
                let node = Arc::clone(node);
                lines.push(Line { depth, node });
            }
            if open.contains(&node.path) {
                due.extend(node.inside.iter().rev().map(|at| (depth + 1, *at)));
            }
        }
        (lines, all)
    }

    /// The files of a row, as positions in the list that was given.
    pub(crate) fn members(&self, key: RowKey) -> Vec<usize> {
        let found = self.nodes.iter().find(|node| node.item.key == key);
        found.map(|node| node.item.members.clone()).unwrap_or_default()
    }

    /// The folders that can stand open at first, the outer ones before the inner ones, so that there are no more than `most` rows.
    pub(crate) fn open_at_first(&self, most: usize) -> BTreeSet<String> {
        let mut open = BTreeSet::new();
        let mut rows = self.top.len();
        let mut due: VecDeque<usize> = self.top.iter().copied().collect();
        while let Some(node) = due.pop_front().and_then(|at| self.nodes.get(at)) {
            if node.is_folder() && rows + node.inside.len() <= most {
                rows += node.inside.len();
                open.insert(node.path.clone());
                due.extend(&node.inside);
            }
        }
        open
    }
}

impl Node {
    fn new(item: Item, path: &str) -> Self {
        Self {
            item,
            path: path.to_owned(),
            parent: None,
            inside: Vec::new(),
        }
    }
}

fn item(key: RowKey, path: &str, len: u64, members: Vec<usize>) -> Item {
    Item {
        key,
        name: names::file(path).to_owned(),
        folder: String::new(),
        holds: None,
        len,
        members,
        kind: Kind::of(path),
    }
}

fn put(nodes: &mut Vec<Node>, top: &mut Vec<usize>, parent: Option<usize>, node: Node) -> usize {
    let new = nodes.len();
    match parent.and_then(|parent| nodes.get_mut(parent)) {
        Some(parent) => parent.inside.push(new),
        None => top.push(new),
    }
    nodes.push(Node { parent, ..node });
    new
}

fn each_above(nodes: &mut [Node], mut folder: Option<usize>, mut change: impl FnMut(&mut Item, &mut Holds)) {
    while let Some(node) = folder.and_then(|at| nodes.get_mut(at)) {
        if let Some(mut holds) = node.item.holds {
            change(&mut node.item, &mut holds);
            node.item.holds = Some(holds);
        }
        folder = node.parent;
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

    fn shown(tree: &Tree, open: &[&str]) -> Vec<(usize, String, u64)> {
        let open = open.iter().map(|path| (*path).to_owned()).collect();
        let (lines, all) = tree.lines(&open, 100);
        assert_eq!(lines.len(), all);
        let row = |line: &Line| (line.depth, line.node.item.name.clone(), line.node.item.len);
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
        let (lines, all) = tree.lines(&["Kitchen".to_owned()].into(), 2);
        assert_eq!((lines.len(), all), (2, 5));
    }

    #[test]
    fn folders_know_what_is_in_them() {
        let tree = Tree::new(FILES.into_iter());
        let (lines, _) = tree.lines(&["Kitchen".to_owned()].into(), 100);
        let kitchen = &lines[1].node;
        assert_eq!(kitchen.item.holds, Some(Holds { files: 3, folders: 2 }));
        assert_eq!(kitchen.item.members, [1, 3, 4]);
        assert_eq!(lines[2].node.item.members, [1, 3]);
        assert_eq!(
            (kitchen.path.as_str(), lines[0].node.item.key),
            ("Kitchen", RowKey::file(7))
        );
    }

    #[test]
    fn folders_open_from_outside_while_there_is_room() {
        let tree = Tree::new(FILES.into_iter());
        let open = |most| tree.open_at_first(most).into_iter().collect::<Vec<_>>();
        assert_eq!(open(4), Vec::<String>::new());
        assert_eq!(open(5), ["Kitchen"]);
        assert_eq!(open(8), ["Kitchen", "Kitchen/plan", "Kitchen/plan/deep"]);
    }
}

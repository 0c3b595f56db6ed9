//! Paths of a list's files where they are saved: rebuilt from components that the target can hold, no two of them one, and no
//! file where a folder is. It takes a few dozen bytes for each component, and tries about as many names as there are files,
//! however hostile the list is.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use super::{
    numbering::Numbering,
    save_name::{Target, save_name, show_hidden},
};

/// Bytes of one component at most: what the file systems of today hold.
const MAX_NAME: usize = 255;
/// The folder that everything is in.
const ROOT: u32 = 0;

/// How paths are made fit for a place.
#[derive(Clone, Copy)]
pub struct Saving<'a> {
    /// What the place can hold.
    pub target: Target,
    /// Leaves names at the top alone that [`show_hidden`] would change.
    pub keep_hidden: bool,
    /// Names that differ in letters' case or in their composition only are one there.
    pub ignores_case: bool,
    /// [`crate::Platform::normalize_nfc`].
    pub nfc: &'a dyn Fn(&str) -> String,
}

impl core::fmt::Debug for Saving<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Saving")
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

impl Saving<'_> {
    /// One component as it is called there, at the top or further in.
    #[must_use]
    pub fn name(&self, name: &str, is_top: bool) -> String {
        let saved = match self.target {
            // Byte for byte as it was sent.
            Target::Unix => save_name(name, self.target),
            _ => save_name(&self.composed(name), self.target),
        };
        if is_top && !self.keep_hidden {
            show_hidden(saved)
        } else {
            saved
        }
    }

    fn composed<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if text.is_ascii() {
            Cow::Borrowed(text)
        } else {
            Cow::Owned((self.nfc)(text))
        }
    }

    /// The same for names that are one there.
    fn folded<'a>(&self, name: &'a str) -> Cow<'a, str> {
        if !self.ignores_case {
            Cow::Borrowed(name)
        } else if name.is_ascii() {
            Cow::Owned(name.to_ascii_lowercase())
        } else {
            Cow::Owned((self.nfc)(&name.to_uppercase().to_lowercase()))
        }
    }
}

/// A folder or a file of the list, below another.
struct Node<'a> {
    parent: u32,
    wanted: &'a str,
    /// Its name there, where it is another one.
    saved: Option<Box<str>>,
}

impl<'a> Node<'a> {
    fn new(parent: u32, wanted: &'a str, how: &Saving<'_>) -> Self {
        let name = how.name(wanted, parent == ROOT);
        Self {
            parent,
            wanted,
            saved: (name != wanted).then(|| name.into()),
        }
    }

    fn name(&self) -> &str {
        self.saved.as_deref().unwrap_or(self.wanted)
    }
}

/// Gives each path its name there, in the order given. Paths are those of one list: different from each other, none of them a
/// folder of another.
#[must_use]
pub fn save_paths(paths: &[&str], how: &Saving<'_>) -> Vec<String> {
    name_all(paths, how).0
}

/// With it, how many names were tried.
fn name_all(paths: &[&str], how: &Saving<'_>) -> (Vec<String>, u64) {
    let mut nodes = vec![Node {
        parent: ROOT,
        wanted: "",
        saved: None,
    }];
    let mut put = |parent, wanted| {
        nodes.push(Node::new(parent, wanted, how));
        (nodes.len() - 1) as u32
    };
    let mut folders: HashMap<(u32, &str), u32> = HashMap::new();
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        let (mut parent, mut start) = (ROOT, 0);
        for (at, _) in path.match_indices('/') {
            let folder = &path[start..at];
            parent = *folders.entry((parent, folder)).or_insert_with(|| put(parent, folder));
            start = at + 1;
        }
        files.push(put(parent, &path[start..]));
    }
    drop(folders);
    let tried = number_twins(&mut nodes, how);
    (files.into_iter().map(|node| full_path(&nodes, node)).collect(), tried)
}

/// Who comes first in a folder keeps the name; who follows gets ` (2)`, unless another brings that one.
fn number_twins(nodes: &mut [Node<'_>], how: &Saving<'_>) -> u64 {
    let mut by_folder: Vec<u32> = (1..nodes.len() as u32).collect();
    by_folder.sort_by_key(|node| nodes[*node as usize].parent);
    let parents: Vec<u32> = by_folder.iter().map(|node| nodes[*node as usize].parent).collect();
    let (mut tried, mut start) = (0, 0);
    for alike in parents.chunk_by(|one, other| one == other) {
        let inside = &by_folder[start..start + alike.len()];
        start += alike.len();
        if inside.len() > 1 {
            tried += number_twins_of(inside, nodes, how);
        }
    }
    tried
}

fn number_twins_of(inside: &[u32], nodes: &mut [Node<'_>], how: &Saving<'_>) -> u64 {
    let wanted = |nodes: &[Node<'_>], node: u32| how.folded(nodes[node as usize].name()).into_owned();
    let brought: HashSet<String> = inside.iter().map(|node| wanted(nodes, *node)).collect();
    if brought.len() == inside.len() {
        return 0;
    }
    let mut taken = HashSet::with_capacity(inside.len());
    let mut numbering = Numbering::default();
    for node in inside {
        if !taken.insert(wanted(nodes, *node)) {
            let name = numbering.free(
                "",
                nodes[*node as usize].name(),
                MAX_NAME,
                &|name| how.folded(name).into_owned(),
                &mut |name| {
                    let name = how.folded(name);
                    !brought.contains(&*name) && taken.insert(name.into_owned())
                },
            );
            nodes[*node as usize].saved = Some(name.into());
        }
    }
    numbering.tried()
}

fn full_path(nodes: &[Node<'_>], file: u32) -> String {
    let chain = core::iter::successors(Some(file), |node| {
        Some(nodes[*node as usize].parent).filter(|up| *up != ROOT)
    });
    let mut names: Vec<&str> = chain.map(|node| nodes[node as usize].name()).collect();
    names.reverse();
    names.join("/")
}

#[cfg(test)]
mod tests;

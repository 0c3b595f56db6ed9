//! Files as a person hands them over: picked, dropped or pasted.

use std::cell::Cell;

use futures::future::LocalBoxFuture;
use js_sys::{Array, Promise, Reflect};
use sealdrop_transfer::MAX_DEPTH;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemDirectoryReader, FileSystemEntry,
    FileSystemFileEntry, HtmlInputElement,
};

use crate::{
    split::{NotLoaded, split_point},
    web::{
        reflect::{ask, came},
        yield_now::Breath,
    },
    worker::Pool,
};

/// A file that was chosen. Cheap to clone: the bytes stay where they are until they are sealed.
#[derive(Debug, Clone)]
pub struct Picked {
    /// Its relative path with `/`, folders included; the name alone for a single file.
    pub path: String,
    /// The last part of the path.
    pub name: String,
    /// Its bytes.
    pub len: u64,
    /// When it was changed last, in milliseconds since 1970 UTC.
    pub modified_ms: Option<i64>,
    /// Its media type as the browser guesses it; may be empty.
    pub mime: String,
    pub(crate) file: File,
    /// What finds it again, where the engine gives that: its handle, or that of the folder it came in.
    pub(super) root: Option<JsValue>,
}

impl Picked {
    pub(super) fn new(path: String, file: File) -> Self {
        // Whoever chooses a file will send it: the workers start meanwhile.
        warm_once();
        Self {
            path,
            name: file.name(),
            len: file.size() as u64,
            modified_ms: Some(file.last_modified() as i64),
            mime: file.type_(),
            file,
            root: None,
        }
    }
}

thread_local! {
    /// What sends was asked for.
    static IS_WARM: Cell<bool> = const { Cell::new(false) };
}

/// Fetches what sends, and starts the first workers, once for each page.
fn warm_once() {
    if !IS_WARM.replace(true) {
        spawn_local(async {
            // Sending loads it again if it does not come.
            IS_WARM.set(warm().await.is_ok());
        });
    }
}

split_point!(sending: warm() -> Result<(), NotLoaded> = async { Pool::of_page().warm(); Ok(()) });

/// The files of an `<input type=file>`; with their paths if it was a folder that was picked. They are taken out of it before
/// this returns its future: the input may be emptied then.
pub fn picked_from_input(input: &HtmlInputElement) -> impl Future<Output = Vec<Picked>> + use<> {
    look_at(input.files())
}

/// The files of a paste. To be called inside the handler of its event, as [`picked_from_drop`].
pub fn picked_from_paste(data: &DataTransfer) -> impl Future<Output = Vec<Picked>> + use<> {
    look_at(data.files())
}

/// Text as a file of this name; `None` where the engine makes none.
pub fn picked_from_text(name: &str, text: &str) -> Option<Picked> {
    let file = File::new_with_str_sequence(&Array::of1(&text.into()), name).ok()?;
    Some(Picked {
        mime: "text/plain".to_owned(),
        ..Picked::new(name.to_owned(), file)
    })
}

/// What a drop brought.
#[derive(Debug, Clone, Default)]
pub struct Dropped {
    /// Its files, those inside folders too.
    pub files: Vec<Picked>,
    /// Folders with nothing in them: a link carries files, so these are left out.
    pub empty_folders: usize,
    /// Paths of files and folders that could not be read, or not to the end: not allowed, gone since, or too deep.
    pub unread: Vec<String>,
}

/// The positions of those files that cannot be read as they were chosen: gone, locked or changed since. Reads a byte of each
/// that has one.
pub async fn unreadable(files: Vec<Picked>) -> Vec<usize> {
    let mut found = Vec::new();
    for (at, picked) in files.into_iter().enumerate() {
        let first = if picked.len > 0 {
            picked.file.slice_with_f64_and_f64(0.0, 1.0)
        } else if picked.file.size() > 0.0 {
            Err(JsValue::UNDEFINED)
        } else {
            // No slice: that of a file that is gone is as empty, and read without asking the disk.
            Ok(picked.file.clone().into())
        };
        let is_there = match first {
            Ok(first) => JsFuture::from(first.array_buffer()).await.is_ok(),
            Err(_) => false,
        };
        if !is_there {
            found.push(at);
        }
    }
    found
}

/// The files and folders of a drop. To be called inside the handler of the drop event: the browser empties `data` when
/// the handler returns, so everything is taken out of it before this returns its future.
pub fn picked_from_drop(data: DataTransfer) -> impl Future<Output = Dropped> {
    let items = data.items();
    let entries: Vec<(FileSystemEntry, Option<Promise>)> = (0..items.length())
        .filter_map(|i| items.get(i))
        .filter(|item| item.kind() == "file")
        .filter_map(|item| {
            let handle = ask(&item, "getAsFileSystemHandle", &JsValue::UNDEFINED);
            Some((item.webkit_get_as_entry().ok().flatten()?, handle))
        })
        .collect();
    // Engines without entries give the files, without folders.
    let plain = look_at(if entries.is_empty() { data.files() } else { None });
    async move {
        let mut found = Dropped {
            files: plain.await,
            ..Dropped::default()
        };
        for (entry, handle) in entries {
            let before = found.files.len();
            walk(entry, String::new(), &mut found).await;
            let root = came(handle).await.filter(JsValue::is_object);
            for file in &mut found.files[before..] {
                file.root.clone_from(&root);
            }
        }
        found
    }
}

/// Everything below an entry.
fn walk(entry: FileSystemEntry, folder: String, found: &mut Dropped) -> LocalBoxFuture<'_, ()> {
    Box::pin(async move {
        let path = if folder.is_empty() {
            entry.name()
        } else {
            format!("{folder}/{}", entry.name())
        };
        // Deeper than a path may be, and deeper than any folder is that does not lead back into itself.
        if path.split('/').count() > MAX_DEPTH {
            found.unread.push(path);
        } else if entry.is_directory() {
            let reader = entry.unchecked_into::<FileSystemDirectoryEntry>().create_reader();
            let mut is_empty = true;
            // It gives at most 100 at a time, and none at the end.
            loop {
                let Some(batch) = read_entries(&reader).await else {
                    is_empty = false;
                    found.unread.push(path);
                    break;
                };
                if batch.is_empty() {
                    break;
                }
                is_empty = false;
                for entry in batch {
                    walk(entry, path.clone(), found).await;
                }
            }
            found.empty_folders += usize::from(is_empty);
        } else if let Some(file) = file_of(&entry.unchecked_into()).await {
            found.files.push(Picked::new(path, file));
        } else {
            found.unread.push(path);
        }
    })
}

/// The next of a folder's entries; `None` if it cannot be read on.
async fn read_entries(reader: &FileSystemDirectoryReader) -> Option<Vec<FileSystemEntry>> {
    let read = settled(|done, failed| reader.read_entries_with_callback_and_callback(done, failed).is_ok()).await?;
    let list: Array = read.dyn_into().ok()?;
    Some(list.iter().map(JsCast::unchecked_into).collect())
}

async fn file_of(entry: &FileSystemFileEntry) -> Option<File> {
    settled(|done, failed| {
        entry.file_with_callback_and_callback(done, failed);
        true
    })
    .await?
    .dyn_into()
    .ok()
}

/// Waits for one of two callbacks; `None` if it is the failure.
async fn settled(start: impl FnOnce(&js_sys::Function, &js_sys::Function) -> bool) -> Option<JsValue> {
    let mut start = Some(start);
    let promise = Promise::new(&mut |resolve, reject| {
        if let Some(start) = start.take()
            && !start(&resolve, &reject)
        {
            // A promise that was rejected already does not mind.
            let _ = reject.call0(&JsValue::UNDEFINED);
        }
    });
    JsFuture::from(promise).await.ok()
}

/// Takes the files out of a list, and looks at each of them afterwards: Chromium asks its browser process for length and
/// time of a file at the first question, 0.2 ms each, so that thousands of them are looked at in slices.
fn look_at(list: Option<FileList>) -> impl Future<Output = Vec<Picked>> + use<> {
    let files: Vec<File> = list
        .iter()
        .flat_map(|list| (0..list.length()).filter_map(|i| list.item(i)))
        .collect();
    async move {
        let mut breath = Breath::new();
        let mut found = Vec::with_capacity(files.len());
        for file in files {
            let relative = Reflect::get(&file, &"webkitRelativePath".into())
                .ok()
                .and_then(|path| path.as_string());
            let path = relative.filter(|path| !path.is_empty()).unwrap_or_else(|| file.name());
            found.push(Picked::new(path, file));
            breath.take().await;
        }
        found
    }
}

//! Files as a person hands them over: picked, dropped or pasted.

use futures::future::LocalBoxFuture;
use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemDirectoryReader, FileSystemEntry,
    FileSystemFileEntry, HtmlInputElement,
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
}

impl Picked {
    fn new(path: String, file: File) -> Self {
        Self {
            path,
            name: file.name(),
            len: file.size() as u64,
            modified_ms: Some(file.last_modified() as i64),
            mime: file.type_(),
            file,
        }
    }
}

/// The files of an `<input type=file>`; with their paths if it was a folder that was picked.
#[must_use]
pub fn picked_from_input(input: &HtmlInputElement) -> Vec<Picked> {
    input.files().map(|list| from_list(&list)).unwrap_or_default()
}

/// The files of a paste.
#[must_use]
pub fn picked_from_paste(data: &DataTransfer) -> Vec<Picked> {
    data.files().map(|list| from_list(&list)).unwrap_or_default()
}

/// The files and folders of a drop. To be called inside the handler of the drop event: the browser empties `data` when
/// the handler returns, so everything is taken out of it before this returns its future.
pub fn picked_from_drop(data: DataTransfer) -> impl Future<Output = Vec<Picked>> {
    let items = data.items();
    let entries: Vec<FileSystemEntry> = (0..items.length())
        .filter_map(|i| items.get(i))
        .filter(|item| item.kind() == "file")
        .filter_map(|item| item.webkit_get_as_entry().ok().flatten())
        .collect();
    // Engines without entries give the files, without folders.
    let plain = if entries.is_empty() {
        picked_from_paste(&data)
    } else {
        Vec::new()
    };
    async move {
        let mut found = plain;
        for entry in entries {
            walk(entry, String::new(), &mut found).await;
        }
        found
    }
}

/// Everything below an entry. What cannot be read is left out: the list shows what there is.
fn walk(entry: FileSystemEntry, folder: String, found: &mut Vec<Picked>) -> LocalBoxFuture<'_, ()> {
    Box::pin(async move {
        let path = if folder.is_empty() {
            entry.name()
        } else {
            format!("{folder}/{}", entry.name())
        };
        if entry.is_directory() {
            let reader = entry.unchecked_into::<FileSystemDirectoryEntry>().create_reader();
            // It gives at most 100 at a time, and none at the end.
            loop {
                let batch = read_entries(&reader).await;
                if batch.is_empty() {
                    break;
                }
                for entry in batch {
                    walk(entry, path.clone(), found).await;
                }
            }
        } else if let Some(file) = file_of(&entry.unchecked_into()).await {
            found.push(Picked::new(path, file));
        }
    })
}

async fn read_entries(reader: &FileSystemDirectoryReader) -> Vec<FileSystemEntry> {
    let read = settled(|done, failed| reader.read_entries_with_callback_and_callback(done, failed).is_ok()).await;
    read.and_then(|list| list.dyn_into::<Array>().ok())
        .map(|list| list.iter().map(JsCast::unchecked_into).collect())
        .unwrap_or_default()
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

fn from_list(list: &FileList) -> Vec<Picked> {
    (0..list.length())
        .filter_map(|i| list.item(i))
        .map(|file| {
            let relative = Reflect::get(&file, &"webkitRelativePath".into())
                .ok()
                .and_then(|path| path.as_string());
            let path = relative.filter(|path| !path.is_empty()).unwrap_or_else(|| file.name());
            Picked::new(path, file)
        })
        .collect()
}

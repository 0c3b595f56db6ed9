//! Files as a person hands them over: picked, dropped or pasted.

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
    pub(crate) file: web_sys::File,
}

impl Picked {
    pub(crate) fn new(path: String, file: web_sys::File) -> Self {
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
pub fn picked_from_input(input: &web_sys::HtmlInputElement) -> Vec<Picked> {
    input.files().map(|list| from_list(&list)).unwrap_or_default()
}

/// The files of a paste.
#[must_use]
pub fn picked_from_paste(data: &web_sys::DataTransfer) -> Vec<Picked> {
    data.files().map(|list| from_list(&list)).unwrap_or_default()
}

/// The files and folders of a drop. To be called inside the handler of the drop event: the browser empties `data` when
/// the handler returns, and everything is taken out of it before the first wait.
pub fn picked_from_drop(data: web_sys::DataTransfer) -> impl Future<Output = Vec<Picked>> {
    let found = picked_from_paste(&data);
    async move { found }
}

fn from_list(list: &web_sys::FileList) -> Vec<Picked> {
    (0..list.length())
        .filter_map(|i| list.item(i))
        .map(|file| {
            let name = file.name();
            Picked::new(name, file)
        })
        .collect()
}

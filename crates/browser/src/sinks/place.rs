//! A place that the person chose: one file, or a folder for several, each file in its own sub-folder.

use js_sys::Promise;
use sealdrop_transfer::{Target, TransferError, numbered, save_name};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use super::{nfc, refused, saved_name};
use crate::{
    by_name::{NONE, answer, answer_to_two, ask, member, options, set},
    cipher::is_named,
};

/// Bytes of a name at most.
const MAX_NAME: usize = 255;
/// Names tried where one is taken.
const MOST_TWINS: u32 = 1_000;

/// A place that the person chose.
#[derive(Debug, Clone)]
pub struct Place {
    handle: JsValue,
    is_folder: bool,
}

/// Whether this engine lets a person choose one, for one file or for several.
pub(crate) fn can_pick(several: bool) -> bool {
    member(&js_sys::global(), picker(several)).is_some()
}

/// Asks for one, with a name to begin with where it is one file's. To be called inside the click; `None` where there is no
/// such picker.
pub(crate) fn pick(one: Option<&str>) -> Option<impl Future<Output = Result<Option<Place>, TransferError>> + use<>> {
    let is_folder = one.is_none();
    let how = options("startIn", &"downloads".into());
    match one {
        Some(path) => set(&how, "suggestedName", &saved_name(path).into()),
        None => set(&how, "mode", &"readwrite".into()),
    }
    let picking: Promise = ask(&js_sys::global(), picker(is_folder), &how)?;
    let file = one.unwrap_or_default().to_owned();
    Some(async move {
        match JsFuture::from(picking).await {
            Ok(handle) => Ok(Some(Place { handle, is_folder })),
            // The person thought better of it.
            Err(error) if is_named(&error, "AbortError") => Ok(None),
            Err(error) => Err(fault(&file, &error)),
        }
    })
}

const fn picker(folder: bool) -> &'static str {
    if folder {
        "showDirectoryPicker"
    } else {
        "showSaveFilePicker"
    }
}

impl Place {
    /// The file for a path of the list, in its sub-folder. Never one that was there before, except the very one that the
    /// person chose.
    pub(super) async fn file(&self, path: &str) -> Result<JsValue, TransferError> {
        if !self.is_folder {
            return Ok(self.handle.clone());
        }
        self.file_below(path).await.map_err(|error| fault(path, &error))
    }

    async fn file_below(&self, path: &str) -> Result<JsValue, JsValue> {
        let mut folder = self.handle.clone();
        let mut components = path.split('/').peekable();
        while let Some(component) = components.next() {
            let name = save_name(&nfc(component), Target::Anywhere);
            if components.peek().is_none() {
                return new_file(&folder, &name).await;
            }
            folder = sub_folder(&folder, &name).await?;
        }
        Err(JsValue::UNDEFINED)
    }
}

async fn sub_folder(folder: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    let create = options("create", &true.into());
    for candidate in candidates(name) {
        match answer_to_two(folder, "getDirectoryHandle", &candidate.into(), &create).await {
            // A file has that name.
            Err(error) if is_named(&error, "TypeMismatchError") => {}
            other => return other,
        }
    }
    Err(JsValue::UNDEFINED)
}

async fn new_file(folder: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    let create = options("create", &true.into());
    for candidate in candidates(name) {
        match answer(folder, "getFileHandle", &candidate.as_str().into()).await {
            Err(error) if is_named(&error, "NotFoundError") => {
                return answer_to_two(folder, "getFileHandle", &candidate.into(), &create).await;
            }
            Err(error) if !is_named(&error, "TypeMismatchError") => return Err(error),
            // Taken, by a file or by a folder.
            _ => {}
        }
    }
    Err(JsValue::UNDEFINED)
}

fn candidates(name: &str) -> impl Iterator<Item = String> {
    let numbers = (2..=MOST_TWINS).map(move |number| numbered(name, number, MAX_NAME));
    core::iter::once(name.to_owned()).chain(numbers)
}

/// A file in a place, being written. What is written lies beside it and takes its place only when it is closed: whoever
/// looks sees an empty file, or what was there before, or the whole.
pub(super) struct Written {
    path: String,
    len: u64,
    handle: JsValue,
    writable: Option<JsValue>,
}

impl Written {
    pub(super) async fn open(path: &str, len: u64, handle: JsValue) -> Result<Self, TransferError> {
        let writable = answer(&handle, "createWritable", NONE)
            .await
            .map_err(|error| fault(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            len,
            handle,
            writable: Some(writable),
        })
    }

    /// Writes bytes or a blob; resolves when they are taken.
    pub(super) async fn write(&mut self, data: &JsValue) -> Result<(), TransferError> {
        let writable = self.writable.as_ref().ok_or(TransferError::Cancelled)?;
        answer(writable, "write", data)
            .await
            .map_err(|error| fault(&self.path, &error))
            .map(drop)
    }

    /// Puts it into its place.
    pub(super) async fn close(mut self) -> Result<(), TransferError> {
        let writable = self.writable.take().ok_or(TransferError::Cancelled)?;
        if let Err(error) = answer(&writable, "close", NONE).await {
            remove_if_empty(&self.handle).await;
            return Err(fault(&self.path, &error));
        }
        self.check().await
    }

    /// Leaves nothing behind that was not there before.
    pub(super) async fn abort(mut self) {
        if let Some(writable) = self.writable.take() {
            // Whatever it says, the place is as it was.
            let _ = answer(&writable, "abort", NONE).await;
            remove_if_empty(&self.handle).await;
        }
    }

    async fn check(&self) -> Result<(), TransferError> {
        let file = answer(&self.handle, "getFile", NONE).await;
        let file: File = file
            .and_then(JsCast::dyn_into)
            .map_err(|error| fault(&self.path, &error))?;
        if file.size() as u64 == self.len {
            Ok(())
        } else {
            Err(refused(&self.path, "the place holds something else"))
        }
    }
}

/// Choosing a place makes an empty file there. Nothing is lost with one.
async fn remove_if_empty(handle: &JsValue) {
    let file = answer(handle, "getFile", NONE).await;
    let is_empty = file.is_ok_and(|file| file.dyn_into::<File>().is_ok_and(|file| file.size() == 0.0));
    if is_empty {
        // Not every engine can; then it stays, empty.
        let _ = answer(handle, "remove", NONE).await;
    }
}

/// What the engine's refusal means.
pub(super) fn fault(path: &str, error: &JsValue) -> TransferError {
    if is_named(error, "QuotaExceededError") {
        TransferError::DiskFull { file: path.to_owned() }
    } else {
        let why = crate::by_name::text(error, "name").unwrap_or_else(|| "no name is free".to_owned());
        refused(path, &why)
    }
}

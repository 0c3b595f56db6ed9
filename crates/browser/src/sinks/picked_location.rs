//! A place that the person chose: one file, or a folder for several, each file in its own sub-folder.

use js_sys::Promise;
use sealdrop_transfer::{SinkFile, Target, TransferError, numbered, save_name};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::File;

use super::{
    failure::refused,
    saved_name::{nfc, saved_name},
};
use crate::{
    cipher::is_named,
    web::reflect::{NONE, answer, answer_to_two, ask, member, options, set},
};

/// Bytes of a name at most.
const MAX_NAME: usize = 255;
/// Bytes that are copied at a time.
const STEP: f64 = 16_777_216.0;
/// Names tried where one is taken.
const MOST_TWINS: u32 = 1_000;

/// A place that the person chose.
#[derive(Debug, Clone)]
pub struct PickedLocation {
    pub(crate) handle: JsValue,
    pub(crate) is_folder: bool,
}

/// Whether this engine lets a person choose one, for one file or for several.
pub(crate) fn can_pick(several: bool) -> bool {
    member(&js_sys::global(), picker(several)).is_some()
}

/// Asks for one, with a name to begin with where it is one file's. To be called inside the click; `None` where there is no
/// such picker.
pub(crate) fn pick(
    one: Option<&str>,
) -> Option<impl Future<Output = Result<Option<PickedLocation>, TransferError>> + use<>> {
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
            Ok(handle) => Ok(Some(PickedLocation { handle, is_folder })),
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

impl PickedLocation {
    /// Asks whether it may still be written to; inside a click the engine may ask the person.
    pub(crate) async fn may_write(&self) -> Result<(), TransferError> {
        let how = options("mode", &"readwrite".into());
        let granted = match answer(&self.handle, "requestPermission", &how).await {
            Ok(state) => state == "granted",
            // An engine without the question gives handles that need no answer.
            Err(error) => is_named(&error, "TypeError"),
        };
        if granted {
            Ok(())
        } else {
            Err(refused("", "it may not be written to"))
        }
    }

    /// The place of a file of the list, in its sub-folder. Never one that was there before, except the very one that the person
    /// chose, and the one that an earlier page `named` for it if that came to nothing more. `tell` hears a name before
    /// anything is there under it.
    pub(super) async fn file(
        &self,
        file: &SinkFile,
        named: Option<&str>,
        tell: impl AsyncFnOnce(&str),
    ) -> Result<JsValue, TransferError> {
        if !self.is_folder {
            return Ok(self.handle.clone());
        }
        let made = self.file_below(file, named, tell).await;
        made.map_err(|error| fault(&file.path, &error))
    }

    async fn file_below(
        &self,
        file: &SinkFile,
        named: Option<&str>,
        tell: impl AsyncFnOnce(&str),
    ) -> Result<JsValue, JsValue> {
        let (folders, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
        let mut folder = self.handle.clone();
        for component in folders.split('/').filter(|component| !component.is_empty()) {
            folder = sub_folder(&folder, &save_name(&nfc(component), Target::Anywhere)).await?;
        }
        if let Some(named) = named
            && let Ok(handle) = answer(&folder, "getFileHandle", &named.into()).await
            && len_of(&handle).await.is_some_and(|len| len == 0 || len == file.len)
        {
            return Ok(handle);
        }
        let name = free_name(&folder, &save_name(&nfc(name), Target::Anywhere)).await?;
        tell(&name).await;
        answer_to_two(&folder, "getFileHandle", &name.into(), &options("create", &true.into())).await
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

async fn free_name(folder: &JsValue, name: &str) -> Result<String, JsValue> {
    for candidate in candidates(name) {
        match answer(folder, "getFileHandle", &candidate.as_str().into()).await {
            Err(error) if is_named(&error, "NotFoundError") => return Ok(candidate),
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

/// A file in a place, being written. What is written lies beside it and takes its place only when it is closed: a
/// reader sees an empty file, or what was there before, or all of it.
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

    /// Writes a whole file, piece by piece, and puts it into its place.
    pub(super) async fn copy(mut self, file: &File) -> Result<(), TransferError> {
        let mut at = 0.0;
        while at < file.size() {
            let piece = file.slice_with_f64_and_f64(at, at + STEP);
            let piece = piece.map_err(|error| fault(&self.path, &error))?;
            if let Err(error) = self.write(&piece).await {
                self.abort().await;
                return Err(error);
            }
            at += STEP;
        }
        self.close().await
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
        if len_of(&self.handle).await == Some(self.len) {
            Ok(())
        } else {
            Err(refused(&self.path, "the place holds something else"))
        }
    }
}

/// A future that is dropped in the middle leaves nothing behind either.
impl Drop for Written {
    fn drop(&mut self) {
        if let Some(writable) = self.writable.take() {
            let handle = self.handle.clone();
            spawn_local(async move {
                // Whatever it says, the place is as it was.
                let _ = answer(&writable, "abort", NONE).await;
                remove_if_empty(&handle).await;
            });
        }
    }
}

/// Bytes of the file in a place.
async fn len_of(handle: &JsValue) -> Option<u64> {
    let file: File = answer(handle, "getFile", NONE).await.ok()?.dyn_into().ok()?;
    Some(file.size() as u64)
}

/// Choosing a place makes an empty file there. Nothing is lost with one.
async fn remove_if_empty(handle: &JsValue) {
    if len_of(handle).await == Some(0) {
        // Not every engine can; then it stays, empty.
        let _ = answer(handle, "remove", NONE).await;
    }
}

/// What the engine's refusal means.
pub(super) fn fault(path: &str, error: &JsValue) -> TransferError {
    if is_named(error, "QuotaExceededError") {
        TransferError::DiskFull { file: path.to_owned() }
    } else {
        let why = crate::web::reflect::text(error, "name").unwrap_or_else(|| "no name is free".to_owned());
        refused(path, &why)
    }
}

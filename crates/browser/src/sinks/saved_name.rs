//! What a file is called where it is saved.

use js_sys::JsString;
use sealdrop_transfer::{Target, save_name};

/// Browsers save into one folder: the last part of the path, as any platform can hold it.
pub(super) fn saved_name(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    save_name(&nfc(name), Target::Anywhere)
}

/// Unicode normalisation form C, by the engine's tables.
pub(super) fn nfc(text: &str) -> String {
    JsString::from(text).normalize("NFC").into()
}

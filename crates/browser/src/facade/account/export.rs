//! Everything that the server holds about the user, as a file.

use js_sys::Array;
use sealdrop_api::export::ExportAccount;
use web_sys::{Blob, BlobPropertyBag};

use super::{ask::ask, refused::Refused};
use crate::sinks::save_by_anchor;

/// What the file is called.
const NAME: &str = "sealdrop-account.json";
const UNABLE: Refused = Refused {
    problem: None,
    tries_left: None,
};

/// Asks for it and gives it to the browser to save.
///
/// # Errors
/// As the server says; without a problem where the browser cannot save it.
pub async fn save_export() -> Result<(), Refused> {
    let all = ask(&ExportAccount).await?;
    let text = serde_json::to_string_pretty(&all).map_err(|_| UNABLE)?;
    let options = BlobPropertyBag::new();
    options.set_type("application/json");
    let parts = Array::of1(&text.into());
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options).map_err(|_| UNABLE)?;
    save_by_anchor(&blob, NAME).ok_or(UNABLE)
}

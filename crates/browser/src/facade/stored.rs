//! Whether this browser keeps anything of earlier visits.

use js_sys::Array;
use wasm_bindgen::JsCast;

use crate::{
    journal::DATABASE,
    web::reflect::{NONE, ask, came, member, text},
};

/// Whether there may be something: `false` only where the engine says that the database was never made. Cheap: what reads the database
/// is loaded only after it.
pub async fn may_have_stored() -> bool {
    match databases().await {
        Some(all) => all.iter().any(|one| text(&one, "name").as_deref() == Some(DATABASE)),
        None => true,
    }
}

/// Every database of this origin, where the engine lists them.
async fn databases() -> Option<Array> {
    let factory = member(&js_sys::global(), "indexedDB")?;
    came(ask(&factory, "databases", NONE)).await?.dyn_into().ok()
}

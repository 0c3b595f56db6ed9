//! Files and folders that the engine finds again by itself: `FileSystemHandle`s, where it has them.

use futures::{FutureExt, future::LocalBoxFuture};
use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use crate::facade::upload::selected_files::Picked;
use crate::{
    cipher::is_named,
    journal,
    split::{NotLoaded, split_point},
    web::reflect::{NONE, ask, came, options, text},
};

/// Asks for files with the engine's own picker. To be called inside the click; `None` where there is none. Comes to
/// nothing if the engine refuses, and to no files if the person does.
pub fn pick_files() -> Option<impl Future<Output = Option<Vec<Picked>>>> {
    let picking = ask(
        &js_sys::global(),
        "showOpenFilePicker",
        &options("multiple", &true.into()),
    )?;
    Some(async move {
        match JsFuture::from(picking).await {
            Ok(handles) => files_of(&handles.dyn_into::<Array>().ok()?).await,
            Err(error) => is_named(&error, "AbortError").then(Vec::new),
        }
    })
}

/// The files of an unfinished upload, without anybody choosing them. To be called inside a click: the engine may ask the
/// person. `None` if one of them is not to be had.
pub async fn picked_from_stored(id: String) -> Option<Vec<Picked>> {
    find_stored(id).await.ok().flatten()
}

split_point!(sending: find_stored(id: String) -> Result<Option<Vec<Picked>>, NotLoaded>
    = async move { Ok(stored(id).await) });

async fn stored(id: String) -> Option<Vec<Picked>> {
    let handles = journal::handles(&id).await?;
    let how = options("mode", &"read".into());
    // All at once: the click counts for a few seconds, and engines put their questions together.
    let asked: Vec<_> = handles
        .iter()
        .map(|handle| ask(&handle, "requestPermission", &how))
        .collect();
    for answer in asked {
        if came(answer).await? != "granted" {
            return None;
        }
    }
    files_of(&handles).await
}

/// What to keep so that these are found again; empty if one of them would not be.
pub(super) fn to_keep(files: &[Picked]) -> Array {
    let kept = Array::new();
    let mut last = NONE;
    for file in files {
        let Some(root) = &file.root else { return Array::new() };
        // The files of one folder stand together.
        if root != last {
            kept.push(root);
            last = root;
        }
    }
    kept
}

/// All or nothing of what stands at the top; what a folder does not give is seen when the upload is compared.
async fn files_of(handles: &Array) -> Option<Vec<Picked>> {
    let mut found = Vec::new();
    for handle in handles.iter() {
        walk(handle.clone(), "", &handle, &mut found).await?;
    }
    Some(found)
}

fn walk<'a>(
    handle: JsValue,
    folder: &'a str,
    root: &'a JsValue,
    found: &'a mut Vec<Picked>,
) -> LocalBoxFuture<'a, Option<()>> {
    async move {
        let path = format!("{folder}{}", text(&handle, "name")?);
        if text(&handle, "kind")? == "directory" {
            let below = format!("{path}/");
            let entries = came(ask(&handle, "values", NONE)).await?;
            loop {
                let next = came(ask(&entries, "next", NONE)).await?;
                let entry = Reflect::get(&next, &"value".into()).ok()?;
                if entry.is_undefined() {
                    break;
                }
                // One that cannot be read is missing from the list, and that is noticed there.
                let _ = walk(entry, &below, root, found).await;
            }
        } else {
            let file: File = came(ask(&handle, "getFile", NONE)).await?.dyn_into().ok()?;
            let mut picked = Picked::new(path, file);
            picked.root = Some(root.clone());
            found.push(picked);
        }
        Some(())
    }
    .boxed_local()
}

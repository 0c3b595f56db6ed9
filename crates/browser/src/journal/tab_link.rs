//! The secret of a received link in the `sessionStorage` of its tab, sealed under the device's key (format, section 3): a tab that
//! is reloaded, or comes back from another page, opens its link again. The browser removes it when the tab is closed.

use base64ct::{Base64UrlUnpadded, Encoding};
use sealdrop_api::LinkId;
use sealdrop_crypto::{BlobContext, open_blob, seal_blob};
use web_sys::Storage;
use zeroize::Zeroizing;

use super::{database::Database, device_key};

/// Keeps what stands behind the `#` of a link. Keeps nothing where there is no storage or no device key.
pub(crate) async fn keep_in_tab(link: LinkId, fragment: &str) {
    let Some(storage) = storage() else { return };
    let Some(database) = Database::open().await else { return };
    let Some(key) = device_key::of_this_browser(&database).await else {
        return;
    };
    if let Ok(sealed) = seal_blob(&key, &context(&link), fragment.as_bytes()).await {
        // A full storage keeps nothing, as none does.
        let _ = storage.set_item(&name(&link), &Base64UrlUnpadded::encode_string(&sealed));
    }
}

/// What this tab kept of a link.
pub(crate) async fn kept_in_tab(link: LinkId) -> Option<Zeroizing<String>> {
    let sealed = storage()?.get_item(&name(&link)).ok()??;
    let sealed = Base64UrlUnpadded::decode_vec(&sealed).ok()?;
    let database = Database::open().await?;
    let key = device_key::of_this_browser(&database).await?;
    let fragment = open_blob(&key, &context(&link), &sealed).await.ok()?;
    core::str::from_utf8(&fragment)
        .ok()
        .map(|fragment| Zeroizing::new(fragment.to_owned()))
}

/// The tab's storage; `None` where the engine refuses it (blocked site data).
fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

fn name(link: &LinkId) -> String {
    format!("sealdrop-link-{link}")
}

const fn context(link: &LinkId) -> BlobContext<'_> {
    BlobContext::ReceivedLink {
        link_id: link.as_bytes(),
    }
}

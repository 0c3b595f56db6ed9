//! The address of a link's page, which holds the key for a moment.

use std::cell::RefCell;

use futures::FutureExt as _;
use sealdrop_model::LinkFault;
use sealdrop_transfer::Link;
use wasm_bindgen::JsValue;
use wasm_split_helpers::SplitLoaderError;
use web_sys::{Document, Location};
use zeroize::Zeroizing;

use crate::split::NotLoaded;
use crate::web::reflect::{member, set};

thread_local! {
    /// The address that the key was taken out of, and the path that was left.
    static TAKEN: RefCell<Option<(String, Zeroizing<String>)>> = const { RefCell::new(None) };
}

/// Where links are.
const LINKS: &str = "/d/";
/// Characters of a link's id.
const ID: usize = 22;
/// What the history's entry says of a page whose key was taken out of the address: whether it was one, or what was wrong with
/// it. It survives a reload, and is no secret.
const KEY_TAKEN: &str = "keyTaken";
const CUT: &str = "cut";
const ALTERED: &str = "altered";

/// Reads the address of a link's page and removes the key from the address bar and the history. Some mail programs write `#`
/// as `%23`: the key stands in the path then, and is removed from there too. Tells whether there was one: an anchor of the
/// page itself is none. Does nothing on other pages. Must run before anything else looks at the address.
pub fn scrub_fragment() -> bool {
    let Some(window) = web_sys::window() else { return false };
    let location = window.location();
    let path = path();
    let hash = location.hash().unwrap_or_default();
    let fragment = hash.trim_start_matches('#');
    if !path.starts_with(LINKS) || window.document().is_some_and(|page| has_element(&page, fragment)) {
        return false;
    }
    let address = Zeroizing::new(format!("{}{hash}", without_hash(&location)));
    let found = Link::parse(&address);
    if fragment.is_empty() && !address.contains("%23") && found.is_err() {
        return false;
    }
    let id = path[LINKS.len()..]
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
        .unwrap_or(path.len() - LINKS.len());
    let scrubbed = &path[..LINKS.len() + id.min(ID)];
    if let Ok(history) = window.history() {
        let state = js_sys::Object::new();
        let was = match found {
            Err(LinkFault::NoKey) => JsValue::UNDEFINED,
            Err(LinkFault::Incomplete) => CUT.into(),
            Err(LinkFault::Altered) => ALTERED.into(),
            Ok(_) | Err(_) => JsValue::TRUE,
        };
        set(&state, KEY_TAKEN, &was);
        // An engine that refuses leaves the key in the bar of the person who has the link anyway.
        let _ = history.replace_state_with_url(&state, "", Some(scrubbed));
    }
    TAKEN.set(Some((scrubbed.to_owned(), address)));
    true
}

/// [`scrub_fragment`], for before anything else of the page runs; its part must be here ([`load_page_reader`]).
pub fn scrub_first_fragment() -> bool {
    path().starts_with(LINKS) && matches!(take_here().now_or_never(), Some(Ok(true)))
}

/// Fetches what reads the address of a link's page.
///
/// # Errors
/// It did not come.
pub async fn load_page_reader() -> Result<(), SplitLoaderError> {
    load_take_here().await
}

#[cfg(feature = "split")]
#[wasm_split_helpers::wasm_split(receive, fallible, preload(load_take_here))]
fn take_here() -> Result<bool, NotLoaded> {
    Ok(scrub_fragment())
}

/// Without the feature, as in the tests of this crate, it is one module that nothing cuts.
#[cfg(not(feature = "split"))]
async fn take_here() -> Result<bool, NotLoaded> {
    Ok(scrub_fragment())
}

#[cfg(not(feature = "split"))]
async fn load_take_here() -> Result<(), SplitLoaderError> {
    Ok(())
}

fn has_element(page: &Document, id: &str) -> bool {
    !id.is_empty() && page.get_element_by_id(id).is_some()
}

/// What [`scrub_fragment`] found at the address of this page.
pub(super) fn taken() -> Option<Zeroizing<String>> {
    let path = path();
    TAKEN.with_borrow(|taken| {
        let taken = taken.as_ref().filter(|(of, _)| *of == path);
        taken.map(|(_, address)| address.clone())
    })
}

/// Why there is no key at the address of this page, which may have been reloaded.
pub(super) fn why_no_key() -> LinkFault {
    let history = web_sys::window().and_then(|window| window.history().ok());
    let state = history.and_then(|history| history.state().ok());
    let was = state
        .filter(JsValue::is_object)
        .and_then(|state| member(&state, KEY_TAKEN));
    match was.map(|was| was.as_string()) {
        None => LinkFault::NoKey,
        Some(Some(was)) if was == CUT => LinkFault::Incomplete,
        Some(Some(was)) if was == ALTERED => LinkFault::Altered,
        Some(_) => LinkFault::KeyForgotten,
    }
}

/// The address of this page, without an anchor.
pub(super) fn of_page() -> Zeroizing<String> {
    let location = web_sys::window().map(|window| window.location());
    Zeroizing::new(location.as_ref().map(without_hash).unwrap_or_default())
}

fn without_hash(location: &Location) -> String {
    let search = location.search().unwrap_or_default();
    format!("{}{}{search}", origin(), path())
}

/// Scheme, host and port of this page.
pub(in crate::facade) fn origin() -> String {
    web_sys::window()
        .and_then(|window| window.location().origin().ok())
        .unwrap_or_default()
}

/// Whether links of an origin are of this server: its own, or the one that it has for links.
pub(in crate::facade) fn is_ours(of: &str) -> bool {
    of == origin() || Some(of) == link_origin().as_deref()
}

/// The origin that this server has for links alone, as the page says it.
fn link_origin() -> Option<String> {
    let document = web_sys::window().and_then(|window| window.document())?;
    let meta = document.query_selector("meta[name=sealdrop-links]").ok().flatten()?;
    meta.get_attribute("content")
}

fn path() -> String {
    web_sys::window()
        .and_then(|window| window.location().pathname().ok())
        .unwrap_or_default()
}

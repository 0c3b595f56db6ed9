//! The only door to the browser's machinery (sealing, transfers, workers): screens name what comes through here and never
//! see where it comes from. In a browser it is `sealdrop_browser`; when a server renders, or a test runs natively, inert
//! stand-ins of the same shape take its place. This is also the only file that asks which of the two it is compiled for.

#[cfg(not(feature = "hydrate"))]
mod inert;
#[cfg(not(feature = "hydrate"))]
pub(crate) mod inert_account;

#[cfg(not(feature = "hydrate"))]
pub(crate) use inert_account as account;
#[cfg(feature = "hydrate")]
pub(crate) use sealdrop_browser::account;

#[cfg(not(feature = "hydrate"))]
use inert as source;
#[cfg(feature = "hydrate")]
use sealdrop_browser as source;

pub(crate) use sealdrop_model::{
    DeviceFault, Failure, FailureKind, FileProgress, FileState, InvalidInput, LinkFault, OwnLink, PreviewEvent,
    PreviewRefusal, Receipt, ReceiveEvent, Renamed, Selection, SendOptions, Shown, Stage, TransferProgress,
    UnfinishedDownload, UnfinishedState, UnfinishedUpload,
};
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use sealdrop_model::{ListedFile, SentLinkFacts, UnfinishedSummary};
pub(crate) use source::{
    Dropped, OpenedLink, Owner, Picked, PickedLocation, PreviewHandle, ReceivedLink, SendEvent, TransferHandle,
    can_preview, discard_upload, kept_link, limits, may_have_stored, pick_files, picked_from_drop, picked_from_input,
    picked_from_paste, picked_from_stored, picked_from_text, prepare_to_receive, received_link,
    received_link_from_text, scrub_fragment, sealed_bytes, send, sent_links, support, unfinished_uploads, unreadable,
};

use crate::{site::Sells, visitor::Visitor};

/// Milliseconds since 1970, by the reader's clock.
pub(crate) fn now_ms() -> f64 {
    #[cfg(feature = "hydrate")]
    return js_sys::Date::now();
    #[cfg(not(feature = "hydrate"))]
    return inert::NOW_MS;
}

/// How far the reader's clock is ahead of UTC at an instant, in minutes.
pub(crate) fn offset_minutes(at_ms: f64) -> i32 {
    #[cfg(feature = "hydrate")]
    {
        #[expect(clippy::cast_possible_truncation, reason = "at most 14 hours either way")]
        let minutes = -js_sys::Date::new(&at_ms.into()).get_timezone_offset() as i32;
        minutes
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = at_ms;
        0
    }
}

/// The build that serves this page: from the context on a server, from the page itself in a browser, so that both render
/// the same text.
pub(crate) fn build() -> String {
    #[cfg(feature = "hydrate")]
    return meta_content("sealdrop-build").unwrap_or_default();
    #[cfg(not(feature = "hydrate"))]
    return leptos::prelude::use_context::<crate::site::Assets>()
        .map(|assets| assets.build)
        .unwrap_or_default();
}

/// SHA-256 of the manifest of this build, in hexadecimal; known in the same two ways.
pub(crate) fn manifest() -> Option<String> {
    #[cfg(feature = "hydrate")]
    return meta_content("sealdrop-manifest");
    #[cfg(not(feature = "hydrate"))]
    return leptos::prelude::use_context::<crate::site::Assets>().and_then(|assets| assets.manifest);
}

/// Where the source of this server is published, if its operator says it; known in the same two ways.
pub(crate) fn source_url() -> Option<String> {
    #[cfg(feature = "hydrate")]
    return meta_content("sealdrop-source");
    #[cfg(not(feature = "hydrate"))]
    return leptos::prelude::use_context::<crate::site::Surroundings>()
        .and_then(|surroundings| surroundings.source_url);
}

/// Who runs this server, if its operator says it, known in the same two ways.
pub(crate) fn operator() -> Option<String> {
    #[cfg(feature = "hydrate")]
    return meta_content("sealdrop-operator");
    #[cfg(not(feature = "hydrate"))]
    return leptos::prelude::use_context::<crate::site::Surroundings>().and_then(|surroundings| surroundings.operator);
}

/// Where abuse is reported, if the operator says it, known in the same two ways.
pub(crate) fn abuse_contact() -> Option<String> {
    #[cfg(feature = "hydrate")]
    return meta_content("sealdrop-abuse");
    #[cfg(not(feature = "hydrate"))]
    return leptos::prelude::use_context::<crate::site::Surroundings>()
        .and_then(|surroundings| surroundings.abuse_contact);
}

/// The origin that this server has for links alone, if it has one; known in a browser only.
pub(crate) fn link_origin() -> Option<String> {
    #[cfg(feature = "hydrate")]
    return meta_content("sealdrop-links");
    #[cfg(not(feature = "hydrate"))]
    None
}

/// Whether this server sells plans, known in the same two ways.
pub(crate) fn sells() -> Option<Sells> {
    #[cfg(feature = "hydrate")]
    return meta_content("sealdrop-plans").map(|how| match how == Sells::Test.name() {
        true => Sells::Test,
        false => Sells::Live,
    });
    #[cfg(not(feature = "hydrate"))]
    return leptos::prelude::use_context::<crate::site::Surroundings>().and_then(|surroundings| surroundings.sells);
}

/// What the server said of who asked for this page, known in the same two ways.
pub(crate) fn visitor() -> Visitor {
    #[cfg(feature = "hydrate")]
    return Visitor::of_lines(meta_content);
    #[cfg(not(feature = "hydrate"))]
    return leptos::prelude::use_context::<Visitor>().unwrap_or_default();
}

/// Of it, the address of who is signed in: every page asks for that.
pub(crate) fn signed_in_as() -> Option<String> {
    #[cfg(feature = "hydrate")]
    return meta_content(crate::visitor::USER);
    #[cfg(not(feature = "hydrate"))]
    return visitor().email;
}

#[cfg(feature = "hydrate")]
fn meta_content(name: &str) -> Option<String> {
    use wasm_bindgen::JsCast;
    let selector = format!("meta[name=\"{name}\"]");
    let found = leptos::prelude::document().query_selector(&selector).ok().flatten();
    let meta = found.and_then(|meta| meta.dyn_into::<web_sys::HtmlMetaElement>().ok());
    meta.map(|meta| meta.content())
}

/// Answers the request that is being rendered with 404; does nothing in a browser.
pub(crate) fn answer_not_found() {
    #[cfg(feature = "ssr")]
    if let Some(response) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
}

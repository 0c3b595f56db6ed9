//! The few things that screens ask of the document itself: focus, dialogs, the clipboard, sharing. Called from handlers and
//! effects only, which never run where there is no document.

pub(crate) mod ids;
mod preview_entry;

pub(crate) use preview_entry::{enter_preview_entry, has_left_preview_entry, leave_preview_entry, preview_entry};

use crate::engine;
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlDialogElement, HtmlDocument, HtmlElement};

/// Scheme, host and port of this page.
pub(crate) fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// The path of this page.
pub(crate) fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// Loads the page again.
pub(crate) fn reload() {
    let _ = window().location().reload();
}

/// Loads the page again, and first its files past the browser's cache.
pub(crate) fn reload_past_cache() {
    let again = js_sys::Reflect::get(&window(), &"sealdropReload".into());
    match again.and_then(|again| again.dyn_into::<js_sys::Function>()) {
        Ok(again) => _ = again.call0(&JsValue::UNDEFINED),
        Err(_) => reload(),
    }
}

/// Does something when the page has nothing else to do.
pub(crate) fn when_idle(act: impl Fn() + 'static) {
    if has(&window(), "requestIdleCallback") {
        leptos::prelude::request_idle_callback(act);
    } else {
        leptos::prelude::set_timeout(act, std::time::Duration::from_millis(500));
    }
}

/// Goes to an address. Tells whether the browser took it.
pub(crate) fn go(link: &str) -> bool {
    window().location().assign(link).is_ok()
}

/// Whether a text is a link of this server, and nothing else.
pub(crate) fn leads_here(text: &str) -> bool {
    let text = text.trim();
    let origins = std::iter::once(origin()).chain(engine::link_origin());
    let behind = origins
        .into_iter()
        .find_map(|origin| text.strip_prefix(&format!("{origin}/d/")));
    let behind = behind.unwrap_or_default();
    !behind.is_empty() && !behind.contains(char::is_whitespace)
}

/// Moves the focus to what the address names on the page, or to the heading of the screen, so that a keyboard and a screen
/// reader follow.
pub(crate) fn focus_heading() {
    let hash = window().location().hash().unwrap_or_default();
    let named = hash.strip_prefix('#').and_then(|id| document().get_element_by_id(id));
    if let Some(heading) = named.or_else(|| document().query_selector("main h1").ok().flatten()) {
        let _ = heading.set_attribute("tabindex", "-1");
        if let Ok(heading) = heading.dyn_into::<HtmlElement>() {
            let _ = heading.focus();
        }
    }
}

/// The same, if what had the focus is no longer there.
pub(crate) fn focus_heading_if_lost() {
    let body = document().body().map(web_sys::Element::from);
    if document().active_element().is_none_or(|active| Some(active) == body) {
        focus_heading();
    }
}

/// Moves the focus to where the page begins below its bar. The router takes the press of a link before the browser could do this.
pub(crate) fn focus_main() {
    if let Some(main) = element("main") {
        let _ = main.set_attribute("tabindex", "-1");
        let _ = main.focus();
    }
}

/// Moves the focus to an element, if it is there.
pub(crate) fn focus(id: &str) {
    if let Some(element) = element(id) {
        let _ = element.focus();
    }
}

/// Moves the focus to a field whose content was refused, all of it selected: what is typed next takes its place.
pub(crate) fn retype(id: &str) {
    focus(id);
    if let Some(field) = element(id).and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        field.select();
    }
}

/// What is typed or chosen in a field.
pub(crate) fn value_of(id: &str) -> String {
    let Some(field) = element(id) else {
        return String::new();
    };
    match field.dyn_into::<web_sys::HtmlInputElement>() {
        Ok(input) => input.value(),
        Err(other) => other
            .dyn_into::<web_sys::HtmlSelectElement>()
            .map(|select| select.value())
            .unwrap_or_default(),
    }
}

/// Unfolds what a field is in, and moves the focus to it.
pub(crate) fn show_field(id: &str) {
    let fold = element(id).and_then(|field| field.closest("details").ok().flatten());
    if let Some(fold) = fold {
        let _ = fold.set_attribute("open", "");
    }
    focus(id);
}

/// Whether what happens at a place is a field's own affair: typing, pasting.
pub(crate) fn is_field(target: Option<web_sys::EventTarget>) -> bool {
    let element = target.and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|element| element.matches("input, textarea, select").unwrap_or(false))
}

/// Whether the window is as narrow as the style sheet takes a phone's to be.
pub(crate) fn is_narrow() -> bool {
    let width = window().inner_width().ok().and_then(|width| width.as_f64());
    width.is_some_and(|width| width < 960.0)
}

/// Presses a control on behalf of another one.
pub(crate) fn press(id: &str) {
    if let Some(element) = element(id) {
        element.click();
    }
}

/// Opens a dialog above everything else.
pub(crate) fn show_dialog(id: &str) {
    if let Some(dialog) = dialog(id) {
        let _ = dialog.show_modal();
    }
}

/// Closes a dialog.
pub(crate) fn close_dialog(id: &str) {
    if let Some(dialog) = dialog(id) {
        dialog.close();
    }
}

/// Closes the menu that a phone opened over the page.
pub(crate) fn close_menu(id: &str) {
    if let Some(menu) = element(id) {
        let _ = menu.hide_popover();
    }
}

/// Puts a text on the clipboard. Where the page may not (plain http), the element that shows the text is selected and the
/// older command is tried; `false` leaves it selected for the person to copy.
pub(crate) async fn copy(text: &str, shown_in: &str) -> bool {
    let navigator = window().navigator();
    if has(&navigator, "clipboard") && JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok() {
        return true;
    }
    select(shown_in);
    document()
        .dyn_into::<HtmlDocument>()
        .ok()
        .and_then(|document| document.exec_command("copy").ok())
        .unwrap_or(false)
}

/// Selects the text of an element, if it is there.
pub(crate) fn select(id: &str) {
    let Some(element) = element(id) else { return };
    if let (Ok(range), Ok(Some(selection))) = (document().create_range(), window().get_selection()) {
        let _ = range.select_node_contents(&element);
        let _ = selection.remove_all_ranges();
        let _ = selection.add_range(&range);
    }
}

/// Whether the device has a share sheet.
pub(crate) fn can_share() -> bool {
    has(&window().navigator(), "share")
}

/// Opens the share sheet with a link.
pub(crate) fn share(title: &str, link: &str) {
    let data = web_sys::ShareData::new();
    data.set_title(title);
    data.set_url(link);
    // Closing the sheet rejects the promise; that is an answer, not an error.
    let promise = window().navigator().share_with_data(&data);
    leptos::task::spawn_local(async move {
        let _ = JsFuture::from(promise).await;
    });
}

/// Percent-encodes for a `mailto:`.
pub(crate) fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// The session storage of this tab, where the id of the link on the screen stands. The server knows the id too; the link's
/// secret is not in it.
const SENT: &str = "sealdrop-sent";

fn session() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

/// Notes which link this tab shows.
pub(crate) fn remember_sent(id: &str) {
    if let Some(session) = session() {
        let _ = session.set_item(SENT, id);
    }
}

/// This tab shows no link any more.
pub(crate) fn forget_sent() {
    if let Some(session) = session() {
        let _ = session.remove_item(SENT);
    }
}

/// The link that this tab showed, if the page came back by a reload or from the history.
pub(crate) fn sent_before_reload() -> Option<String> {
    let id = session()?.get_item(SENT).ok().flatten()?;
    let entries = window().performance()?.get_entries_by_type("navigation");
    let kind = js_sys::Reflect::get(&entries.get(0), &"type".into())
        .ok()?
        .as_string()?;
    if kind == "navigate" {
        forget_sent();
        return None;
    }
    Some(id)
}

fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

fn dialog(id: &str) -> Option<HtmlDialogElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

fn has(object: &JsValue, key: &str) -> bool {
    js_sys::Reflect::get(object, &JsValue::from_str(key)).is_ok_and(|value| !value.is_undefined() && !value.is_null())
}

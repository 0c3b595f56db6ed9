//! The hidden frame in which the browser asks for a file.

use wasm_bindgen::JsCast;
use web_sys::HtmlIFrameElement;

pub(super) fn make_frame() -> Option<HtmlIFrameElement> {
    let document = web_sys::window()?.document()?;
    let frame: HtmlIFrameElement = document.create_element("iframe").ok()?.dyn_into().ok()?;
    frame.set_hidden(true);
    frame.set_attribute("aria-hidden", "true").ok()?;
    document.body()?.append_child(&frame).ok()?;
    Some(frame)
}

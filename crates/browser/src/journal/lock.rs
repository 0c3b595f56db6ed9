//! Web Locks: one tab for each unfinished transfer. The browser releases the locks of a tab that has ended.

use std::cell::Cell;

use futures::{
    channel::oneshot,
    future::{Either, select},
};
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// A lock that this tab holds, until it is dropped.
pub(crate) struct WebLock {
    release: Function,
    _granted: Closure<dyn FnMut(JsValue) -> JsValue>,
}

impl Drop for WebLock {
    fn drop(&mut self) {
        // Resolving the promise that the engine waits for cannot fail.
        let _ = self.release.call0(&JsValue::NULL);
    }
}

/// Takes a lock if it is free. `None` also where there are no locks, or the browser refuses them: with site data blocked it
/// rejects the request without a callback.
pub(crate) async fn hold(name: &str) -> Option<WebLock> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    let options = Object::new();
    Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE).ok()?;

    let mut release = None;
    let until_released = Promise::new(&mut |resolve, _| release = Some(resolve));
    let (tell, told) = oneshot::channel();
    let tell = Cell::new(Some(tell));
    let granted = Closure::<dyn FnMut(JsValue) -> JsValue>::new(move |lock: JsValue| {
        let is_ours = !lock.is_null() && !lock.is_undefined();
        if let Some(tell) = tell.take() {
            // The receiver is gone if the page gave up waiting.
            let _ = tell.send(is_ours);
        }
        if is_ours {
            until_released.clone().into()
        } else {
            JsValue::UNDEFINED
        }
    });
    let asked = request.call3(&locks, &name.into(), &options, granted.as_ref()).ok()?;
    let over = JsFuture::from(asked.dyn_into::<Promise>().ok()?);
    let held = WebLock {
        release: release?,
        _granted: granted,
    };
    match select(told, over).await {
        Either::Left((Ok(true), _)) => Some(held),
        _ => None,
    }
}

//! Interfaces that web-sys has under a cfg for unstable ones only, or that not every engine has: asked by name.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

pub(crate) const NONE: &JsValue = &JsValue::UNDEFINED;

/// A member; nothing where the thing itself is not there.
pub(crate) fn member(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &name.into())
        .ok()
        .filter(|found| !found.is_undefined() && !found.is_null())
}

/// A member that is a text.
pub(crate) fn text(of: &JsValue, name: &str) -> Option<String> {
    member(of, name)?.as_string()
}

/// Calls a method of an interface; `None` if it is not there or throws.
pub(crate) fn ask(on: &JsValue, method: &str, with: &JsValue) -> Option<Promise> {
    call(on, method, with).ok()
}

/// What it came to.
pub(crate) async fn came(asked: Option<Promise>) -> Option<JsValue> {
    JsFuture::from(asked?).await.ok()
}

/// As [`ask`] and [`came`], for callers that tell errors apart.
pub(crate) async fn answer(on: &JsValue, method: &str, with: &JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(call(on, method, with)?).await
}

/// As [`answer`], with two arguments.
pub(crate) async fn answer_to_two(
    on: &JsValue,
    method: &str,
    first: &JsValue,
    second: &JsValue,
) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(on, &method.into())?.dyn_into()?;
    JsFuture::from(Promise::resolve(&method.call2(on, first, second)?)).await
}

fn call(on: &JsValue, method: &str, with: &JsValue) -> Result<Promise, JsValue> {
    let method: Function = Reflect::get(on, &method.into())?.dyn_into()?;
    Ok(Promise::resolve(&method.call1(on, with)?))
}

/// An object of one member.
pub(crate) fn options(name: &str, value: &JsValue) -> Object {
    let options = Object::new();
    set(&options, name, value);
    options
}

pub(crate) fn set(object: &Object, name: &str, value: &JsValue) {
    // A plain object takes every member.
    Reflect::set(object, &name.into(), value).unwrap_or_default();
}

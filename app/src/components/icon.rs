//! Icons, seals and the rosette: drawn once in the sprite, used by name, never without a word beside them.

use leptos::prelude::*;

/// A line icon of the sprite.
#[component]
pub(crate) fn Icon(
    /// Its id in the sprite, without `i-`.
    name: &'static str,
    /// 16 px instead of 20.
    #[prop(optional)]
    small: bool,
    /// Further classes.
    #[prop(default = "")]
    class: &'static str,
) -> impl IntoView {
    let class = format!(
        "icon{}{}{class}",
        if small { " icon-s" } else { "" },
        if class.is_empty() { "" } else { " " }
    );
    view! {
        <svg class=class aria-hidden="true" focusable="false">
            <use_ href=format!("#i-{name}")></use_>
        </svg>
    }
    .into_any()
}

/// The seal in one of its forms: `open`, `sealed`, `verified`, `broken`, `ended`.
#[component]
pub(crate) fn Seal(form: &'static str, #[prop(optional)] small: bool) -> impl IntoView {
    let size = if small { " seal-s" } else { "" };
    view! {
        <svg class=format!("seal seal-{form}{size}") viewBox="0 0 100 100" aria-hidden="true" focusable="false">
            <use_ href=format!("#s-{form}")></use_>
        </svg>
    }
    .into_any()
}

/// The line rosette of security print. It is a mask over the accent colour, so it costs the page no bytes.
#[component]
pub(crate) fn Rosette() -> impl IntoView {
    view! { <span class="guilloche" aria-hidden="true"></span> }
}

//! The one picture of how a link works: the address that the server sees, the key that it never gets.

use leptos::prelude::*;

use crate::messages::t;

/// A whole link with its key in the accent tint. The element's text is the link and nothing else.
#[component]
pub(crate) fn KeyLine(
    address: String,
    key: String,
    #[prop(optional)] id: Option<&'static str>,
    #[prop(optional)] testid: Option<&'static str>,
) -> impl IntoView {
    view! {
        <div class="keyline">
            <p class="keyline-link" dir="ltr" translate="no" id=id data-testid=testid><span class="keyline-addr">{address}</span><span class="keyline-key">{key}</span></p>
            <Legend/>
        </div>
    }
    .into_any()
}

/// What the two colours mean.
#[component]
fn Legend() -> impl IntoView {
    view! {
        <div class="keyline-legend">
            <div><span class="swatch"></span><span>{t().key_address}</span></div>
            <div><span class="swatch swatch-key"></span><span>{t().key_key}</span></div>
        </div>
    }
    .into_any()
}

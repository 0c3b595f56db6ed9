//! Our own texts with bold parts.

use leptos::{either::Either, prelude::*};

/// Draws what stands between asterisks bold. Only for messages: foreign text never passes through it.
#[component]
pub(crate) fn Bold(#[prop(into)] text: String) -> impl IntoView {
    text.split('*')
        .enumerate()
        .filter(|(_, part)| !part.is_empty())
        .map(|(at, part)| {
            let part = part.to_owned();
            if at % 2 == 1 {
                Either::Left(view! { <b>{part}</b> })
            } else {
                Either::Right(part)
            }
        })
        .collect_view()
}

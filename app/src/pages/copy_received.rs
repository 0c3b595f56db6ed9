//! Copies the link that the reader has opened, whose key is in no address bar any more.

use leptos::prelude::*;

use crate::{components::copy_button::CopyButton, dom, messages::t, transfers::receiving::Receiving};

/// The id of the text where it is shown.
const LINK: &str = "received-link";

/// The button, and below it the link itself where the browser lets no page write to the clipboard.
#[component]
pub(crate) fn CopyReceivedLink(receiving: Receiving) -> impl IntoView {
    let by_hand = RwSignal::new(None::<String>);
    let done = move |worked: bool| {
        by_hand.set(receiving.whole_link().filter(|_| !worked));
        if !worked {
            request_animation_frame(|| dom::select(LINK));
        }
    };
    view! {
        <div class="copy-it">
            <CopyButton
                text=Signal::derive(move || receiving.whole_link().unwrap_or_default())
                label=t().copy_link
                testid="copy-link"
                shown_in=LINK
                class="btn btn-quiet btn-wide"
                done=Callback::new(done)
            />
            {move || by_hand.get().map(|link| view! {
                <p class="keyline-link" dir="ltr" translate="no" id=LINK>{link}</p>
                <p class="hint">{t().copy_failed}</p>
            })}
        </div>
    }
    .into_any()
}

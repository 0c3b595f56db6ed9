//! What the preview's dialog shows of a file. Fetched apart from the page: a visit that only lists the files does not load it.

use leptos::prelude::*;

use crate::{
    components::{error_view::ErrorView, icon::Icon},
    engine::Shown,
    messages::t,
    model::{names, numbers},
    split::split_view,
    transfers::{receiving::Receiving, viewing::View},
};

split_view!(receiving: PREVIEW_STAGE, load_preview_stage, preview_stage = {
    let receiving = expect_context::<Receiving>();
    move || view! { <Stage receiving view=receiving.viewing.view.get()/> }
});

#[component]
fn Stage(receiving: Receiving, view: View) -> impl IntoView {
    let m = t();
    let viewing = receiving.viewing;
    let name = names::visible(&viewing.name.get_untracked());
    match view {
        View::Opening if viewing.row.get_untracked().is_none() => ().into_any(),
        View::Opening => view! { <p class="look-word"><Icon name="key"/>{m.preview_opening}</p> }.into_any(),
        View::Showing(Shown::Image(src)) => {
            view! { <img src=src alt=name data-testid="preview-image" on:error=move |_| viewing.not_understood()/> }
                .into_any()
        }
        View::Showing(Shown::Audio(src)) => view! {
            <audio controls preload="metadata" src=src aria-label=name data-testid="preview-audio" on:error=move |_| viewing.not_understood()></audio>
        }
        .into_any(),
        View::Showing(Shown::Video(src)) => view! {
            <video controls playsinline preload="metadata" src=src aria-label=name data-testid="preview-video" on:error=move |_| viewing.not_understood()></video>
        }
        .into_any(),
        View::Showing(Shown::Text { text, left }) => view! {
            <pre tabindex="0" role="region" aria-label=name dir="auto" data-testid="preview-text">{text}</pre>
            {(left > 0).then(|| view! { <p class="look-rest" data-testid="preview-rest">{(m.preview_rest)(&numbers::bytes(left))}</p> })}
        }
        .into_any(),
        View::Refused(text) => view! {
            <div class="look-not" data-testid="preview-refused">
                <Icon name="info"/>
                <div><strong>{m.preview_not}</strong><p>{text}</p></div>
            </div>
        }
        .into_any(),
        View::Failed(error) => {
            let again = move |()| {
                if let Some(row) = viewing.row.get_untracked() {
                    receiving.preview(row);
                }
            };
            view! { <ErrorView error retry=again paste=|_| true look=true/> }.into_any()
        }
    }
}

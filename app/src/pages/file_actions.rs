//! What a recipient can do with the file of a row: look at it, download it.

use leptos::prelude::*;

use crate::{components::icon::Icon, messages::t, transfers::receiving::Receiving};

/// Looks at the file of a row.
#[component]
pub(crate) fn PreviewOne(receiving: Receiving, at: usize, name: String) -> impl IntoView {
    let label = t().preview;
    view! { <RowButton testid="preview-one" icon="eye" label name act=move || receiving.preview(at)/> }
}

/// The button at the end of a row.
#[component]
pub(crate) fn DownloadOne(receiving: Receiving, at: usize, name: String) -> impl IntoView {
    let label = t().download;
    view! { <RowButton testid="download-one" icon="download" label name act=move || receiving.download_one(at)/> }
}

/// What can be done with the file of a row; who hears the page hears the name as well.
#[component]
fn RowButton(
    testid: &'static str,
    icon: &'static str,
    label: &'static str,
    name: String,
    act: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button class="btn btn-quiet plain btn-auto" type="button" data-testid=testid on:click=move |_| act()>
            <Icon name=icon/>
            <span class="lbl">{label}</span>
            " "
            <span class="visually-hidden">{name}</span>
        </button>
    }
    .into_any()
}

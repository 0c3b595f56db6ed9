//! A file that is looked at: a picture, a player or letters in a native dialog. Whatever a file says is a `src` of this
//! page's own service worker or a text node, never markup.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::dom::ids::PREVIEW;
use crate::{
    components::{file_list::FileName, icon::Icon, preview_stage::PREVIEW_STAGE},
    dom,
    messages::t,
    split::Lazy,
    transfers::{
        receiving::Receiving,
        viewing::{Step, View},
    },
};

/// The dialog; it is empty until something is looked at.
#[component]
pub(crate) fn PreviewDialog(receiving: Receiving) -> impl IntoView {
    let m = t();
    let viewing = receiving.viewing;
    // After a failure the error itself says what leads on: what proved altered or ended is not offered.
    let offers = Memo::new(move |_| viewing.view.with(|view| !matches!(view, View::Failed(_))));
    let is_open = Memo::new(move |_| viewing.row.with(Option::is_some));
    let previous = Memo::new(move |_| receiving.neighbour(Step::Previous));
    let next = Memo::new(move |_| receiving.neighbour(Step::Next));
    // A press that begins inside, as marking text does, may end on the backdrop and closes nothing.
    let pressed = StoredValue::new(false);
    let state = move || match viewing.view.get() {
        View::Opening => "opening",
        View::Showing(_) => "showing",
        View::Refused(_) => "refused",
        View::Failed(_) => "failed",
    };
    view! {
        <dialog
            class="dlg look"
            id=PREVIEW
            aria-labelledby="preview-title"
            data-testid="preview"
            data-state=state
            on:close=move |_| receiving.looked()
            on:pointerdown=move |event| pressed.set_value(is_backdrop(&event))
            on:click=move |event| if pressed.get_value() && is_backdrop(&event) { dom::close_dialog(PREVIEW) }
            on:keydown=move |event| if let Some(step) = step(&event) { receiving.preview_next(step) }
        >
            <div class="look-head">
                <h2 id="preview-title">
                    <span class="visually-hidden">{m.preview}" "</span>
                    {move || view! { <FileName name=viewing.name.get()/> }}
                </h2>
                <div class="look-steps" hidden=move || previous.get().or(next.get()).is_none()>
                    <StepButton receiving step=Step::Previous to=previous/>
                    <StepButton receiving step=Step::Next to=next/>
                </div>
                <button class="btn btn-quiet plain" type="button" data-testid="preview-close" on:click=move |_| dom::close_dialog(PREVIEW)>
                    <Icon name="x"/>
                    {m.close}
                </button>
            </div>
            <div class="look-stage">{move || is_open.get().then(|| view! { <Lazy part=PREVIEW_STAGE inline=true alert=true/> })}</div>
            {move || offers.get().then(|| view! {
                <div class="look-foot">
                    <p class="hint">{m.preview_line}</p>
                    <button class="btn btn-primary" type="button" data-testid="preview-download" on:click=move |_| {
                        let row = viewing.row.get_untracked();
                        dom::close_dialog(PREVIEW);
                        if let Some(row) = row {
                            receiving.download_one(row);
                        }
                    }>
                        <Icon name="download"/>
                        {m.download}
                    </button>
                </div>
            })}
        </dialog>
    }
    .into_any()
}

/// Whether something happened outside the dialog: all that is inside has its own elements.
fn is_backdrop(event: &web_sys::Event) -> bool {
    event
        .target()
        .is_some_and(|target| target.is_instance_of::<web_sys::HtmlDialogElement>())
}

/// The step that an arrow key asks for; players have their own use for these keys.
fn step(event: &web_sys::KeyboardEvent) -> Option<Step> {
    let element = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let is_player = element.is_some_and(|element| element.matches("audio, video").unwrap_or(false));
    if is_player || event.alt_key() || event.ctrl_key() || event.meta_key() || event.shift_key() {
        return None;
    }
    match event.key().as_str() {
        "ArrowLeft" => Some(Step::Previous),
        "ArrowRight" => Some(Step::Next),
        _ => None,
    }
}

/// Leads to the file beside. At the end it stays, so that the focus does.
#[component]
fn StepButton(receiving: Receiving, step: Step, #[prop(into)] to: Signal<Option<usize>>) -> impl IntoView {
    let (testid, class, label) = match step {
        Step::Previous => ("preview-previous", "flip", t().previous_file),
        Step::Next => ("preview-next", "", t().next_file),
    };
    view! {
        <button
            class="btn btn-icon btn-quiet plain"
            type="button"
            data-testid=testid
            title=label
            aria-disabled=move || to.get().is_none().then_some("true")
            on:click=move |_| receiving.preview_next(step)
        >
            <Icon name="right" class/>
            <span class="visually-hidden">{label}</span>
        </button>
    }
    .into_any()
}

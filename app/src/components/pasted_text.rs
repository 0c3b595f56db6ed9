//! Text that was pasted on the page: a note, a file, or a link to open, as the person says.

use leptos::prelude::*;

use crate::dom::ids::PASTED;
use crate::{
    components::dialog::Dialog,
    dom,
    messages::t,
    model::names,
    transfers::{pasted::Pasted, sending::Sending},
};

/// So many letters of the text are shown.
const SHOWN: usize = 600;

/// The choice; it is empty until text is pasted.
#[component]
pub(crate) fn PastedText(sending: Sending) -> impl IntoView {
    let m = t();
    let shown = move || {
        sending.pasted.with(|pasted| {
            let text = pasted.as_ref().map_or("", |pasted| &pasted.text);
            let mut start: String =
                names::visible_lines(&text.chars().take(SHOWN).collect::<String>().replace('\r', ""));
            if text.chars().nth(SHOWN).is_some() {
                start.push('…');
            }
            start
        })
    };
    let is_link = Memo::new(move |_| {
        sending
            .pasted
            .with(|pasted| pasted.as_ref().is_some_and(|pasted| pasted.link.is_some()))
    });
    let fits = Memo::new(move |_| sending.can_be_note());
    view! {
        <Dialog id=PASTED title=m.pasted_title>
            <pre class="pasted" tabindex="0" role="region" aria-label=m.pasted_title dir="auto" data-testid="pasted-text">{shown}</pre>
            {move || (!fits.get()).then(|| view! { <p class="hint" id="pasted-hint" data-testid="pasted-too-long">{m.pasted_too_long}</p> })}
            <div class="row">
                {move || is_link.get().then(|| view! {
                    <button class="btn btn-primary" type="button" data-testid="pasted-open" on:click=move |_| take(sending, |pasted| _ = pasted.link.is_some_and(|link| dom::go(&link)))>{m.pasted_open}</button>
                })}
                <button
                    class="btn"
                    type="button"
                    data-testid="pasted-note"
                    autofocus
                    disabled=move || !fits.get()
                    on:click=move |_| take(sending, |pasted| {
                        sending.add_to_note(&pasted.text);
                        request_animation_frame(|| dom::show_field("note"));
                    })
                >{m.pasted_note}</button>
                <button class="btn" type="button" data-testid="pasted-file" on:click=move |_| take(sending, |pasted| sending.add_text(&pasted.text))>{m.pasted_file}</button>
                <button class="btn btn-quiet plain" type="button" data-testid="pasted-cancel" on:click=move |_| take(sending, drop)>{m.cancel}</button>
            </div>
        </Dialog>
    }
    .into_any()
}

/// Closes the dialog and does with its text what was chosen.
fn take(sending: Sending, choice: impl FnOnce(Pasted)) {
    dom::close_dialog(PASTED);
    if let Some(pasted) = sending.pasted.get_untracked() {
        sending.pasted.set(None);
        choice(pasted);
    }
}

//! A note as its author wrote it; a long one is folded.

use leptos::prelude::*;

use crate::messages::t;

/// More lines, or more letters, than this are folded.
const LINES: usize = 8;
const LETTERS: usize = 480;

fn is_long(note: &str) -> bool {
    note.lines().count() > LINES || note.chars().count() > LETTERS
}

/// A note, ready to be shown (see [`crate::model::names::visible_lines`]).
#[component]
pub(crate) fn NoteText(note: String, label: &'static str, testid: &'static str) -> impl IntoView {
    let m = t();
    let is_long = is_long(&note);
    let folded = RwSignal::new(is_long);
    let id = format!("{testid}-text");
    let controls = id.clone();
    view! {
        <div class="note-text">
            <blockquote id=id class=move || if folded.get() { "is-folded" } else { "" } aria-label=label dir="auto" data-testid=testid>{note}</blockquote>
            {is_long.then(|| view! {
                <button
                    class="btn btn-quiet"
                    type="button"
                    data-testid="note-more"
                    aria-controls=controls
                    aria-expanded=move || if folded.get() { "false" } else { "true" }
                    on:click=move |_| folded.update(|folded| *folded = !*folded)
                >
                    {move || if folded.get() { m.show_all } else { m.show_less }}
                </button>
            })}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_lines_and_many_letters_are_long() {
        assert!(!is_long("The key is at the neighbour's.\nSee you on Monday."));
        assert!(is_long(&"a line\n".repeat(9)));
        assert!(is_long(&"ü".repeat(481)));
    }
}

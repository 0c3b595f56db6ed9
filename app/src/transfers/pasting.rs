//! Text that is pasted on the page that sends.

use leptos::prelude::*;

use super::{SendScreen, Sending};
use crate::{components::PASTED, dom, engine, model::names, model::options::MAX_NOTE};

/// Text that waits for the person to say what it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pasted {
    pub(crate) text: String,
    /// It is a link of this server.
    pub(crate) is_link: bool,
}

/// What text becomes when it is sent as a file.
const NAME: (&str, &str) = ("text", ".txt");

impl Sending {
    /// Takes pasted text: a link of this server opens, unless files would be lost by that; with anything else the person chooses.
    pub(crate) fn paste_text(self, text: String) {
        if text.trim().is_empty() || self.screen.get_untracked() != SendScreen::Choosing {
            return;
        }
        let is_link = dom::leads_here(&text);
        if is_link && self.items.with_untracked(Vec::is_empty) && dom::go(&text) {
            return;
        }
        self.pasted.set(Some(Pasted { text, is_link }));
        dom::show_dialog(PASTED);
    }

    /// Whether the pasted text fits into the note, behind what is there.
    pub(crate) fn can_be_note(self) -> bool {
        let text = self
            .pasted
            .with(|pasted| pasted.as_ref().map_or_else(String::new, |pasted| pasted.text.clone()));
        self.options
            .with(|options| joined(&options.note, &text).encode_utf16().count() <= MAX_NOTE)
    }

    /// Puts text into the note, behind what is there.
    pub(crate) fn add_to_note(self, text: &str) {
        self.options
            .update(|options| options.note = joined(&options.note, text));
    }

    /// Adds text as a file.
    pub(crate) fn add_text(self, text: &str) {
        let name = self
            .items
            .with_untracked(|rows| names::unused(NAME.0, NAME.1, |name| rows.iter().any(|row| row.name == name)));
        self.add(engine::picked_from_text(&name, text).into_iter().collect());
    }
}

fn joined(note: &str, text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    if note.trim().is_empty() {
        return text;
    }
    format!("{}\n{text}", note.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_goes_behind_a_note_that_is_there() {
        assert_eq!(joined(" ", "one\r\ntwo"), "one\ntwo");
        assert_eq!(joined("zero\n", "one"), "zero\none");
    }
}

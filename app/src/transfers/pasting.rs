//! Text that is pasted on the page that sends.

use leptos::prelude::*;

use crate::transfers::pasted::Pasted;
use crate::transfers::sending::{SendScreen, Sending};
use crate::{
    dom,
    dom::ids::PASTED,
    engine,
    model::{names, options::note_fits},
    split::{begin, split_work},
};

/// What text becomes when it is sent as a file.
const NAME: (&str, &str) = ("text", ".txt");

split_work!(sending: read_pasted(sending: Sending, text: String, note: String) = async move { sending.read_pasted(text, &note) });

impl Sending {
    /// Takes pasted text: a link of this server opens, unless files would be lost by that; with anything else the person chooses.
    pub(crate) fn paste_text(self, text: String) {
        if text.trim().is_empty() || self.screen.get_untracked() != SendScreen::Choosing {
            return;
        }
        let note = self.options.with_untracked(|options| options.note.clone());
        begin(async move {
            // Without what reads links, only its beginning says that it is one.
            if read_pasted(self, text.clone(), note).await.is_err() {
                let link = dom::leads_here(&text).then(|| text.trim().to_owned());
                self.offer(Pasted { text, link });
            }
        });
    }

    /// Opens a pasted link, or asks what to do with the text. `note` is the note at the moment of pasting: if it has changed, or another
    /// page is shown, the tab stays where it is.
    fn read_pasted(self, text: String, note: &str) {
        let link = link_in(&text).filter(|link| is_alone(&text, link));
        let is_free = self.screen.get_untracked() == SendScreen::Choosing
            && dom::path() == "/"
            && self.items.with_untracked(Vec::is_empty)
            && self.options.with_untracked(|options| options.note == note);
        let opens = link.as_ref().is_some_and(|link| is_free && dom::go(link));
        if !opens {
            self.offer(Pasted { text, link });
        }
    }

    fn offer(self, pasted: Pasted) {
        if self.screen.get_untracked() == SendScreen::Choosing {
            self.pasted.set(Some(pasted));
            dom::show_dialog(PASTED);
        }
    }

    /// Whether the pasted text fits into the note, behind what is there.
    pub(crate) fn can_be_note(self) -> bool {
        let text = self
            .pasted
            .with(|pasted| pasted.as_ref().map_or_else(String::new, |pasted| pasted.text.clone()));
        self.options.with(|options| note_fits(&joined(&options.note, &text)))
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

/// Opens the link of this server that is in a text; `false` if there is none.
pub(crate) fn open_link(text: &str) -> bool {
    link_in(text).is_some_and(|link| dom::go(&link))
}

/// The address of the link of this server in a text; as it stands there if only the page of the link can say what is wrong.
fn link_in(text: &str) -> Option<String> {
    match engine::received_link_from_text(text) {
        Ok(link) => Some(link.expose().to_string()),
        Err(_) => dom::leads_here(text).then(|| text.trim().to_owned()),
    }
}

/// Whether a text is a link and no words beside it: programs wrap it in signs, in another address, or over several lines.
fn is_alone(text: &str, link: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.len() == 1 || words.iter().map(|word| word.len()).sum::<usize>() <= link.len() + 2
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
    fn x10_a_link_on_two_lines_is_alone_and_one_in_a_sentence_is_not() {
        let link = "https://drop.example/d/ID#KEY";
        for alone in [
            " https://drop.example/d/\nID#KEY ",
            "<https://drop.example/d/ID#\r\n KEY>",
            "https://out.example/?url=x",
        ] {
            assert!(is_alone(alone, link), "{alone}");
        }
        for beside in [
            "see https://drop.example/d/ID#KEY",
            "https://drop.example/d/ID#KEY\nBest, Ada",
        ] {
            assert!(!is_alone(beside, link), "{beside}");
        }
    }

    #[test]
    fn text_goes_behind_a_note_that_is_there() {
        assert_eq!(joined(" ", "one\r\ntwo"), "one\ntwo");
        assert_eq!(joined("zero\n", "one"), "zero\none");
    }
}

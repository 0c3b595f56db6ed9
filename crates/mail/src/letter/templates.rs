//! The templates, checked when they are compiled.

use askama::Template;

#[derive(Template)]
#[template(path = "code.txt")]
pub(super) struct CodeText<'a> {
    pub(super) lead: &'a str,
    pub(super) code: &'a str,
    pub(super) minutes: &'a str,
    pub(super) otherwise: &'a str,
}

#[derive(Template)]
#[template(path = "code.html")]
pub(super) struct CodeHtml<'a> {
    pub(super) subject: &'a str,
    pub(super) lead: &'a str,
    pub(super) code: &'a str,
    pub(super) minutes: &'a str,
    pub(super) otherwise: &'a str,
}

/// A sentence, and the lines that it announces.
pub(super) struct Section {
    pub(super) lead: &'static str,
    pub(super) lines: Vec<String>,
}

impl Section {
    pub(super) fn new(lead: &'static str, lines: impl IntoIterator<Item = String>) -> Self {
        let lines = lines.into_iter().collect();
        Self { lead, lines }
    }
}

#[derive(Template)]
#[template(path = "notice.txt")]
pub(super) struct NoticeText<'a> {
    pub(super) sections: &'a [Section],
    pub(super) otherwise: &'a str,
}

#[derive(Template)]
#[template(path = "notice.html")]
pub(super) struct NoticeHtml<'a> {
    pub(super) subject: &'a str,
    pub(super) sections: &'a [Section],
    pub(super) otherwise: &'a str,
}

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

#[derive(Template)]
#[template(path = "notice.txt")]
pub(super) struct NoticeText<'a> {
    pub(super) lead: &'a str,
    pub(super) detail: Option<&'a str>,
    pub(super) otherwise: &'a str,
}

#[derive(Template)]
#[template(path = "notice.html")]
pub(super) struct NoticeHtml<'a> {
    pub(super) subject: &'a str,
    pub(super) lead: &'a str,
    pub(super) detail: Option<&'a str>,
    pub(super) otherwise: &'a str,
}

//! English for what happened to a link: apart from the rest, so that it is loaded when somebody looks.

use sealdrop_api::links::LinkEventKind;

type Text = &'static str;

/// One language, of what happened to a link.
pub(crate) struct TimelineMessages {
    pub(crate) reading: Text,
    pub(crate) empty: Text,
    pub(crate) failed: Text,
    pub(crate) hint: Text,
    pub(crate) event: fn(LinkEventKind, u64) -> String,
}

/// English.
pub(super) static EN_TIMELINE: TimelineMessages = TimelineMessages {
    reading: "Reading what happened…",
    empty: "Nothing happened in the last 90 days.",
    failed: "The server does not answer, or cannot do this now. Try again.",
    hint: "Counted by the hour, with the time of the last one, and kept for 90 days. Who it was is not kept.",
    event: |kind, n| match (kind, n) {
        (LinkEventKind::Opened, 1) => "Opened once".to_owned(),
        (LinkEventKind::Opened, n) => format!("Opened {n} times"),
        (LinkEventKind::Started, 1) => "A download began".to_owned(),
        (LinkEventKind::Started, n) => format!("{n} downloads began"),
        (LinkEventKind::Finished, 1) => "A download was finished".to_owned(),
        (LinkEventKind::Finished, n) => format!("{n} downloads were finished"),
        (LinkEventKind::Failed, 1) => "A download stopped before its end".to_owned(),
        (LinkEventKind::Failed, n) => format!("{n} downloads stopped before their end"),
        (LinkEventKind::Changed, 1) => "You changed the link".to_owned(),
        (LinkEventKind::Changed, n) => format!("You changed the link {n} times"),
    },
};

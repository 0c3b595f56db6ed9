//! A link's text that is none, in sentences.

use sealdrop_transfer::LinkFault;

use super::Failure;

/// Says what is wrong with a link's text.
pub(crate) fn explain_link(fault: LinkFault) -> Failure {
    match fault {
        LinkFault::NoKey | LinkFault::KeyForgotten => Failure::usage(
            "The link has no key: the part after # is missing. Copy the complete link from the message (the address bar of an \
             open link does not show the key) and put it in quotes, because a shell may cut it at #.",
        ),
        LinkFault::Incomplete => {
            Failure::usage("The link is incomplete: its end is missing. Copy the complete link again from the message.")
        }
        LinkFault::Altered => Failure::usage(
            "The link is not right: a character was changed or added, or its two halves are of different links. Copy the link \
             again from the message.",
        ),
        LinkFault::Foreign => Failure::usage("This is not a Sealdrop link (https://host/d/ID#KEY)."),
        LinkFault::NewerVersion => {
            Failure::other("This link needs a newer version of Sealdrop. Update sealdrop and try again.")
        }
    }
}

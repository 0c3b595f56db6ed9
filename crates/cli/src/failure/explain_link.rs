//! A link's text that is none, in sentences.

use sealdrop_transfer::LinkFault;

use super::Failure;

/// Says what is wrong with a link's text.
pub(crate) fn explain_link(fault: LinkFault) -> Failure {
    match fault {
        LinkFault::NoKey => Failure::usage(
            "The link has no key: the part after # is missing. Paste the complete link in quotes, because a shell may cut it \
             at #.",
        ),
        LinkFault::Incomplete => {
            Failure::usage("The link is incomplete or mistyped. Copy the complete link again from the message.")
        }
        LinkFault::Foreign => Failure::usage("This is not a Sealdrop link (https://host/d/ID#KEY)."),
        LinkFault::NewerVersion => {
            Failure::other("This link needs a newer version of Sealdrop. Update sealdrop and try again.")
        }
    }
}

//! A link's text that is none, in sentences.

use sealdrop_transfer::LinkFault;

use super::Failure;

/// Says what is wrong with a link's text.
pub(crate) fn explain_link(fault: LinkFault) -> Failure {
    match fault {
        LinkFault::NoKey => Failure::usage(
            "The link has no key: the part from # on is missing. Nothing was asked of the server. Paste the whole link, in \
             quotes, because a shell may drop what follows #.",
        ),
        LinkFault::Incomplete => Failure::usage(
            "The link is cut off or mistyped. Nothing was asked of the server. Copy the whole link again from where you \
             got it.",
        ),
        LinkFault::Foreign => Failure::usage(
            "This is not a Sealdrop link: one looks like https://host/d/…#…. Nothing was asked of any server. Check what \
             you pasted.",
        ),
        LinkFault::NewerVersion => {
            Failure::other("The link was made by a newer version of Sealdrop. Update sealdrop and try again.")
        }
    }
}

//! Keys of the link that an upload ends with.

use sealdrop_api::LinkSeed;
use sealdrop_crypto::{LinkFlags, LinkSecret, PayloadKey, make_random_id};

use crate::{
    error::TransferError,
    journal::{source_digest::digest_choices, unfinished::KeptLink},
    link::{access::LinkAccess, password::normalize_password},
    platform::Platform,
    upload::options::SendOptions,
};

/// Id and secret of a link, and what they lead to. Nothing of it depends on what the link will open.
pub(crate) struct LinkKeys {
    pub(super) seed: LinkSeed,
    pub(super) secret: LinkSecret,
    pub(super) flags: LinkFlags,
    pub(super) access: LinkAccess,
}

/// Makes them; with a password this takes a while.
pub(crate) async fn make_link_keys<P: Platform>(
    platform: &P,
    options: &SendOptions,
) -> Result<LinkKeys, TransferError> {
    let seed = LinkSeed(make_random_id()?);
    let secret = LinkSecret::make()?;
    let password = normalize_password(platform, options.password.as_ref());
    let flags = if password.is_some() {
        LinkFlags::PASSWORD
    } else {
        LinkFlags::NONE
    };
    let access = platform
        .derive_link_access(
            seed.link_id(),
            &secret,
            password.as_ref().map(|password| password.as_str()),
        )
        .await?;
    Ok(LinkKeys {
        seed,
        secret,
        flags,
        access,
    })
}

/// The key of the payload, if a link that an earlier run asked for is what is asked for now: its time, downloads, name, note
/// and password.
pub(crate) async fn key_if_as_asked<P: Platform>(
    platform: &P,
    link: &KeptLink,
    options: &SendOptions,
) -> Result<Option<PayloadKey>, TransferError> {
    let KeptLink {
        request,
        secret,
        flags,
        chosen,
    } = link;
    let password = normalize_password(platform, options.password.as_ref());
    if *chosen != digest_choices(options) || flags.has_password() != password.is_some() {
        return Ok(None);
    }
    let password = password.as_ref().map(|password| password.as_str());
    let access = platform.derive_link_access(request.link_id(), secret, password).await?;
    Ok((access.verifier == request.verifier).then_some(access.payload_key))
}

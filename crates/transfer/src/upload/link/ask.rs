//! Asks the server for a link.

use sealdrop_api::{
    LinkId, OwnerToken, ProblemType,
    links::{CreateLink, GetLink},
};
use sealdrop_crypto::PayloadKey;

use super::sent::Sent;
use crate::{
    engine::context::TransferContext,
    error::TransferError,
    journal::unfinished::KeptLink,
    link::{revision::Revision, text::Link},
    platform::Platform,
    upload::options::SendOptions,
};

/// Whether the server made a link that was asked for: it may be open or over.
pub(crate) async fn was_made<P: Platform>(
    context: &TransferContext<'_, P>,
    link_id: LinkId,
    token: &OwnerToken,
) -> Result<bool, TransferError> {
    match context.call(&GetLink { link_id }, Some(token)).await {
        Ok(_) => Ok(true),
        Err(error) if error.problem() == Some(ProblemType::LinkNotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Asks for a link that was made here; asking again answers the same.
pub(crate) async fn ask_for_link<P: Platform>(
    context: &TransferContext<'_, P>,
    (link, payload_key): (KeptLink, PayloadKey),
    (files, plain_bytes): (usize, u64),
    options: &SendOptions,
    token: &OwnerToken,
) -> Result<Sent, TransferError> {
    let KeptLink {
        request, secret, flags, ..
    } = link;
    let link_id = request.link_id();
    let payload = Revision {
        rev: 1,
        key: payload_key,
        sealed: request.payload.clone(),
    };
    let created = context.call(&CreateLink { body: request }, Some(token)).await?;
    Ok(Sent {
        link: Link {
            origin: options.origin.trim_end_matches('/').to_owned(),
            link_id,
            flags,
            secret,
        },
        files,
        plain_bytes,
        sealed_bytes: created.sealed_bytes,
        expires_at: created.expires_at,
        max_downloads: created.max_downloads,
        owner: token.clone(),
        payload,
    })
}

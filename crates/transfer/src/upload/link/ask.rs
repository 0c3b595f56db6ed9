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
    link::{
        revision::Revision,
        text::{Link, is_origin},
    },
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
    let own = options.origin.trim_end_matches('/');
    let origin = origin_of_links(own, created.origin.as_deref()).ok_or(TransferError::Status {
        status: 201,
        retry_after: None,
    })?;
    Ok(Sent {
        link: Link {
            origin: origin.to_owned(),
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

/// Where a link is opened: where the server says, else at the server. Nothing where it says what would be no link, or one by plain http
/// of a server that is asked by https: a key must not be asked for there.
fn origin_of_links<'a>(own: &'a str, said: Option<&'a str>) -> Option<&'a str> {
    let Some(said) = said else { return Some(own) };
    let is_weaker = own.starts_with("https://") && !said.starts_with("https://");
    (is_origin(said) && !is_weaker).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_opened_where_the_server_says_and_never_less_safely() {
        let own = "https://drop.example";
        assert_eq!(origin_of_links(own, None), Some(own));
        for right in ["https://links.example", "https://links.example:8443"] {
            assert_eq!(origin_of_links(own, Some(right)), Some(right));
        }
        for wrong in [
            "",
            "links.example",
            "http://links.example",
            "https://",
            "https://links.example/",
            "https://links.example/x",
            "https://a@links.example",
            "https://links.example#",
            "https://links.example ",
            "javascript://links.example",
            "HTTPS://links.example",
        ] {
            assert_eq!(origin_of_links(own, Some(wrong)), None, "{wrong}");
        }
        let plain = Some("http://localhost:3000");
        assert_eq!(origin_of_links("http://127.0.0.1:3000", plain), plain);
    }
}

//! Makes a link: its payload is written and sealed, and the server asked for it.

use sealdrop_api::{GetLimits, OwnerToken, SealedBytes, links::NewLink};
use sealdrop_crypto::{BlobContext, seal_blob};

use super::{ask::ask_for_link, keys::LinkKeys, manifest::send_manifest, sent::Sent};
use crate::{
    engine::context::TransferContext,
    error::{InvalidInput, TransferError},
    item::{Body, Item, ItemKind, Listing, MAX_INLINE, MAX_NOTE, ObjectRef, Place, UnknownMembers},
    journal::{handle::JournalHandle, source_digest::digest_choices, storage::Journal, unfinished::KeptLink},
    link::access::LinkAccess,
    names::{bundle_name::bundle_name, sanitize::sanitize},
    platform::Platform,
    upload::{cleanup::CreatedResources, options::SendOptions},
};

/// What the link will open.
pub(crate) struct Contents {
    pub(crate) listing: Listing,
    pub(crate) plain_bytes: u64,
}

/// Makes the link of an upload whose objects are complete.
pub(crate) async fn make_link<P: Platform, J: Journal>(
    context: &TransferContext<'_, P>,
    (contents, keys): (Contents, LinkKeys),
    options: &SendOptions,
    token: &OwnerToken,
    created: &CreatedResources,
    journal: &JournalHandle<'_, J>,
) -> Result<Sent, TransferError> {
    let Contents { listing, plain_bytes } = contents;
    let files = listing.files.len();
    let mut item = describe(context.platform, listing, plain_bytes, options)?;
    let mut text = item.to_json(Place::Payload);
    let mut manifest = None;
    if text.len() > MAX_INLINE
        && let Body::Listed(listing) = &item.body
    {
        let object = send_manifest(context, listing, options, token, created, journal).await?;
        manifest = Some(object.object_id);
        item.body = Body::Manifest(object);
        text = item.to_json(Place::Payload);
    }

    let LinkKeys {
        seed,
        secret,
        flags,
        access,
    } = keys;
    let link_id = seed.link_id();
    let place = BlobContext::LinkPayload {
        link_id: link_id.as_bytes(),
        flags,
        rev: 1,
    };
    let LinkAccess {
        payload_key, verifier, ..
    } = access;
    let payload = seal_blob(&payload_key, &place, &text).await?;

    let (expires_in, max_downloads) = match (options.expires_in, options.max_downloads) {
        (Some(expires_in), Some(max_downloads)) => (expires_in, max_downloads),
        (expires_in, max_downloads) => {
            // As patient as everything else: all bytes are there.
            let allowed = context.call(&GetLimits, None).await?;
            (
                expires_in.unwrap_or(allowed.default_expires_in),
                max_downloads.unwrap_or(allowed.default_downloads),
            )
        }
    };
    created.link.set(Some(link_id));
    let request = NewLink {
        link_seed: seed,
        verifier,
        payload: SealedBytes(payload),
        manifest,
        expires_in,
        max_downloads,
    };
    // Intent first: a run that lost the answer asks again for this very link, whose secret only this line has.
    let link = KeptLink {
        request,
        secret,
        flags,
        chosen: digest_choices(options),
    };
    journal.link(&link).await?;
    journal.flush().await?;
    ask_for_link(context, (link, payload_key), (files, plain_bytes), options, token).await
}

/// The payload's item, its list still inside.
fn describe<P: Platform>(
    platform: &P,
    mut listing: Listing,
    size: u64,
    options: &SendOptions,
) -> Result<Item, TransferError> {
    if options.note.len() > MAX_NOTE {
        return Err(TransferError::InvalidInput(InvalidInput::NoteSize));
    }
    let is_file = listing.files.len() == 1 && !listing.files[0].path.contains('/');
    let given = options.name.clone().filter(|name| !name.is_empty());
    let wanted = given.unwrap_or_else(|| bundle_name(listing.files.iter().map(|file| file.path.as_str())));
    let (fitted, _) = sanitize(&[wanted.replace('/', "_")], |text| platform.normalize_nfc(text));
    let name = fitted.into_iter().next().unwrap_or_else(|| "files".to_owned());
    let (mime, modified_ms) = match &listing.files[..] {
        [file] => (file.mime.clone(), file.modified_ms),
        _ => (None, None),
    };
    let body = if is_file {
        // The entry of a file in several objects carries the item's name.
        listing.files[0].path.clone_from(&name);
        match <[ObjectRef; 1]>::try_from(listing.objects) {
            Ok([object]) => Body::Whole(object),
            Err(objects) => Body::Listed(Listing {
                objects,
                files: listing.files,
            }),
        }
    } else {
        Body::Listed(listing)
    };
    Ok(Item {
        kind: if is_file { ItemKind::File } else { ItemKind::Bundle },
        parent: None,
        name,
        mime,
        size,
        modified_ms,
        note: Some(options.note.clone()).filter(|note| !note.is_empty()),
        body,
        unknown: UnknownMembers::default(),
    })
}

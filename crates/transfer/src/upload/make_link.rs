//! The end of sending: the list becomes a payload (and a manifest, where it is long), and a link is made.

use std::sync::Arc;

use sealdrop_api::{
    GetLimits, LinkId, LinkSeed, OwnerToken, ProblemType, SealedBytes,
    links::{CreateLink, GetLink, NewLink},
    uploads::PartToSign,
};
use sealdrop_crypto::{BlobContext, Kind, LinkFlags, LinkSecret, PayloadKey, make_object, make_random_id, seal_blob};

use super::{
    cleanup::CreatedResources, multipart::MultipartUpload, object::copy_fek, options::SendOptions, sent::Sent,
};
use crate::{
    engine::context::TransferContext,
    error::TransferError,
    item::{Body, Item, ItemKind, Listing, MAX_INLINE, MAX_MANIFEST_TEXT, MAX_NOTE, ObjectRef, Place, UnknownMembers},
    journal::{handle::JournalHandle, source_digest::digest_choices, storage::Journal, unfinished::KeptLink},
    link::{access::LinkAccess, password::normalize_password, revision::Revision, text::Link},
    names::{bundle_name::bundle_name, sanitize::sanitize},
    platform::{Platform, object_plan::ObjectPlan, part_job::SentPart},
};

/// What the link will open.
pub(crate) struct Contents {
    pub(crate) listing: Listing,
    pub(crate) plain_bytes: u64,
}

/// Id and secret of a link, and what they lead to. Nothing of it depends on what the link will open.
pub(crate) struct LinkKeys {
    seed: LinkSeed,
    secret: LinkSecret,
    flags: LinkFlags,
    access: LinkAccess,
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
    // Intent first: whoever finds the answer lost asks again for this very link, whose secret only this line has.
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

/// The payload's item, its list still inside.
fn describe<P: Platform>(
    platform: &P,
    mut listing: Listing,
    size: u64,
    options: &SendOptions,
) -> Result<Item, TransferError> {
    if options.note.len() > MAX_NOTE {
        return Err(TransferError::Unsendable("a note is at most 4096 bytes"));
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

/// Seals and sends a list that is too long for a payload.
async fn send_manifest<P: Platform, J: Journal>(
    context: &TransferContext<'_, P>,
    listing: &Listing,
    options: &SendOptions,
    token: &OwnerToken,
    created: &CreatedResources,
    journal: &JournalHandle<'_, J>,
) -> Result<ObjectRef, TransferError> {
    let text = listing.to_manifest_json();
    if text.len() > MAX_MANIFEST_TEXT {
        return Err(TransferError::Unsendable("the list of files is too long for one link"));
    }
    let plan = ObjectPlan::new(make_object()?, text.len() as u64, Kind::Manifest, options.padding)?;
    created.objects.borrow_mut().push(plan.object_id());
    // A later run makes it anew and must find this one to remove it: a link takes all that its token reserved.
    journal.manifest(plan.object_id())?;
    journal.flush().await?;
    let (upload, _) = MultipartUpload::reserve(
        context,
        token,
        plan.object_id(),
        Some(plan.sealed_len()),
        plan.part_len(),
    )
    .await?;
    let send = async |part: u32| {
        let range = plan.content_of_part(part);
        let sealed = plan
            .writer()
            .seal_part(part, &text[range.start as usize..range.end as usize])?;
        send_sealed_part(context, &upload, part, sealed.bytes, sealed.digests).await
    };
    for part in 1..=plan.part_count() {
        send(part).await?;
    }
    upload.finish(context, plan.sealed_len(), send).await?;
    Ok(ObjectRef {
        object_id: plan.object_id(),
        fek: Arc::new(copy_fek(plan.identity().fek())?),
        tag_root: upload.tag_root(plan.sealed_len(), plan.part_len())?,
        stream_len: plan.writer().stream_len(),
    })
}

/// Sends bytes that are sealed already until the bucket has them.
pub(crate) async fn send_sealed_part<P: Platform>(
    context: &TransferContext<'_, P>,
    upload: &MultipartUpload<'_>,
    part: u32,
    sealed: Vec<u8>,
    digests: Vec<[u8; 32]>,
) -> Result<(), TransferError> {
    let len = sealed.len() as u64;
    let sealed = Arc::new(sealed);
    let job = context.progress.borrow_mut().begin(Vec::new());
    let attempt = async || {
        let url = upload
            .address(context.platform, PartToSign { n: part, len }, core::iter::empty())
            .await?;
        match context.platform.send_sealed(&url, Arc::clone(&sealed)).await {
            Ok(etag) => Ok(etag),
            Err(error) => Err(upload.explain(context.platform, error).await),
        }
    };
    let etag = context
        .retry_moving(job, attempt, || upload.forget_address(part))
        .await?;
    upload.keep(part, SentPart { etag, digests });
    context.progress.borrow_mut().acknowledge(job);
    Ok(())
}

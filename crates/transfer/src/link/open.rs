//! Looking at a link: its payload opened, its manifest fetched and verified. Counts nothing.

use sealdrop_api::uploads::strong_etag;
use sealdrop_api::{
    LinkAuth, LinkId, ProblemType,
    links::{ObjectUrl, OpenLink, Proof},
};
use sealdrop_crypto::{BlobContext, Kind, TagRoot, Zeroizing, open_blob, size};
use time::OffsetDateTime;

use super::{password::normalize_password, text::Link};
use crate::{
    engine::{
        call::call,
        retry::{RetryPolicy, retry},
    },
    error::{Retry, TransferError},
    item::{Body, Extent, FileEntry, Item, Listing, MAX_MANIFEST_TEXT, ObjectRef, Place},
    platform::{
        Platform,
        chunk::Chunk,
        open_job::{OpenJob, OpenedHeader},
    },
};

/// Records of one ranged read: 10 MiB, one digest of `tag_root`.
pub(crate) const RUN: u64 = size::PART / size::R;

/// What stands behind a link. It holds the keys of its objects: redacted in `Debug` as they are.
#[derive(Debug)]
pub struct OpenedLink {
    /// Which link.
    pub link_id: LinkId,
    /// What the whole is called.
    pub name: String,
    /// The sender's words.
    pub note: Option<String>,
    /// The files; checked, but hostile: map their names before saving.
    pub files: Vec<FileEntry>,
    /// Plain bytes of all files.
    pub plain_bytes: u64,
    /// When the link ends, by the server's clock.
    pub expires_at: OffsetDateTime,
    /// Downloads that are left; those going on are not.
    pub downloads_left: u32,
    /// Downloads at most.
    pub max_downloads: u32,
    /// Whether a password was needed.
    pub has_password: bool,
    /// Of a file that is the whole content of its object: its size, which the object must say too.
    pub(crate) whole_size: Option<u64>,
    pub(crate) objects: Vec<ObjectRef>,
    pub(crate) auth: LinkAuth,
}

/// Opens a link. `password` is as typed; it is needed if and only if `link.flags` says so.
///
/// # Errors
/// [`TransferError::WrongPassword`], [`TransferError::Problem`] (`link-not-found`, `link-expired` …),
/// [`TransferError::NotWhatWasSealed`], [`TransferError::ListRefused`], [`TransferError::NewerVersion`].
pub async fn open_link<P: Platform>(
    platform: &P,
    link: &Link,
    password: Option<&Zeroizing<String>>,
) -> Result<OpenedLink, TransferError> {
    let password = normalize_password(platform, password).filter(|_| link.flags.has_password());
    if link.flags.has_password() && password.is_none() {
        return Err(TransferError::WrongPassword);
    }
    let access = platform
        .derive_link_access(
            link.link_id,
            &link.secret,
            password.as_ref().map(|password| password.as_str()),
        )
        .await?;
    let open = OpenLink {
        link_id: link.link_id,
        body: Proof {
            auth: access.auth.clone(),
        },
    };
    let opened = call(platform, &open, None, RetryPolicy::Interactive)
        .await
        .map_err(|error| {
            // The server says the same of a link that never was and of a wrong password.
            let unknown = error.problem() == Some(ProblemType::LinkNotFound);
            if unknown && password.is_some() {
                TransferError::WrongPassword
            } else {
                error
            }
        })?;
    let context = BlobContext::LinkPayload {
        link_id: link.link_id.as_bytes(),
        flags: link.flags,
        rev: opened.rev,
    };
    let text = open_blob(&access.payload_key, &context, &opened.payload.0).await?;
    let item = Item::parse(&text, Place::Payload)?;
    let whole_size = matches!(item.body, Body::Whole(_)).then_some(item.size);
    let Listing { objects, files } = match item.body {
        Body::Whole(object) => whole(object, &item.name, item.size, item.mime.as_deref(), item.modified_ms),
        Body::Listed(listing) => listing,
        Body::Manifest(object) => {
            let place = opened.manifest.ok_or(TransferError::NotWhatWasSealed)?;
            let listing = fetch_manifest(platform, &object, place, &open).await?;
            if listing.size() != item.size {
                return Err(TransferError::ListRefused("size"));
            }
            listing
        }
        Body::Nothing => return Err(TransferError::ListRefused("t")),
    };
    Ok(OpenedLink {
        link_id: link.link_id,
        name: item.name,
        note: item.note,
        files,
        plain_bytes: item.size,
        expires_at: opened.expires_at,
        downloads_left: opened.downloads_left,
        max_downloads: opened.max_downloads,
        has_password: link.flags.has_password(),
        whole_size,
        objects,
        auth: access.auth,
    })
}

/// A file that is the whole content of one object, as a list of one.
fn whole(object: ObjectRef, name: &str, size: u64, mime: Option<&str>, modified_ms: Option<u64>) -> Listing {
    let extents = if size == 0 {
        vec![]
    } else {
        vec![Extent {
            object: 0,
            offset: 0,
            len: size,
        }]
    };
    let file = FileEntry {
        path: name.to_owned(),
        mime: mime.map(ToOwned::to_owned),
        len: size,
        modified_ms,
        extents,
        unknown: crate::item::UnknownMembers::default(),
    };
    Listing {
        objects: vec![object],
        files: vec![file],
    }
}

/// Whether the server's place for an object is of this object, and as long as its list says.
pub(crate) fn fits(object: &ObjectRef, place: &ObjectUrl) -> bool {
    place.object_id == object.object_id && place.sealed_len == size::object_len(object.stream_len)
}

/// Reads a manifest whole; it is parsed only after its `tag_root` was compared. Where an address is refused, the link is
/// opened again for a new one, once for each run: a slow line takes longer than an address lives. That is one look more, which
/// uses nothing up.
async fn fetch_manifest<P: Platform>(
    platform: &P,
    object: &ObjectRef,
    mut place: ObjectUrl,
    open: &OpenLink,
) -> Result<Listing, TransferError> {
    let records = size::record_count(object.stream_len);
    let mut root = TagRoot::new(size::object_len(object.stream_len))?;
    let mut known: Option<OpenedHeader> = None;
    let mut text = Zeroizing::new(Vec::new());
    for first in (0..records).step_by(RUN as usize) {
        let mut renewed = false;
        let range = loop {
            if !fits(object, &place) {
                return Err(TransferError::NotWhatWasSealed);
            }
            let read = retry(&platform, RetryPolicy::Transfer, async || {
                let job = OpenJob {
                    url: place.url.clone(),
                    etag: strong_etag(&place.etag),
                    object_id: object.object_id,
                    fek: std::sync::Arc::clone(&object.fek),
                    stream_len: object.stream_len,
                    kind: Kind::Manifest,
                    known,
                    records: first..(first + RUN).min(records),
                };
                platform.open_range(job, &|_| {}).await
            });
            match read.await {
                Err(error) if !renewed && error.retry() == Retry::Resign => {
                    renewed = true;
                    let opened = call(platform, open, None, RetryPolicy::Transfer).await?;
                    place = opened.manifest.ok_or(TransferError::NotWhatWasSealed)?;
                }
                other => break other?,
            }
        };
        known = Some(range.header);
        // Once, and no more than a list may have: where it grew, copies of keys would be left behind.
        if text.is_empty() {
            text.reserve_exact(range.header.content_len.min(MAX_MANIFEST_TEXT as u64) as usize);
        }
        root.insert(first / RUN, &[range.digest.ok_or(TransferError::NotWhatWasSealed)?])?;
        range.content.each_block(&mut |block| text.extend_from_slice(block));
    }
    root.verify(&object.tag_root)?;
    Ok(Listing::parse_manifest(&text)?)
}

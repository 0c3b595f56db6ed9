//! What every reader would refuse is refused here, before the first byte moves.

use std::sync::Arc;

use sealdrop_api::ObjectId;
use sealdrop_crypto::{Fek, size};

use super::plan::PlannedObject;
use crate::{
    error::{InvalidInput, TransferError},
    item::{Extent, FileEntry, Listing, MAX_MANIFEST_TEXT, MAX_MIME, MAX_NUMBER, MAX_OBJECTS, ObjectRef},
    upload::options::SendFile,
};

const TOO_LARGE: TransferError = TransferError::InvalidInput(InvalidInput::LinkSize);
/// Bytes that an entry takes beside its path and extents, and an extent or an object, at most.
const ENTRY: usize = 600;
const EXTENT: usize = 64;
const OBJECT: usize = 200;

/// Plain bytes of files together.
pub(crate) fn total(lens: impl Iterator<Item = u64>) -> Result<u64, TransferError> {
    let mut total = 0_u64;
    for len in lens {
        total = total
            .checked_add(len)
            .filter(|total| *total <= MAX_NUMBER)
            .ok_or(TOO_LARGE)?;
    }
    Ok(total)
}

/// What the list will say of files. A time or a type that no reader takes is left out: it is for display only.
pub(crate) fn entries<F>(files: &[SendFile<F>], extents: Vec<Vec<Extent>>) -> Vec<FileEntry> {
    let entry = |(file, extents): (&SendFile<F>, Vec<Extent>)| FileEntry {
        path: file.path.clone(),
        mime: file
            .mime
            .clone()
            .filter(|mime| mime.is_ascii() && (1..=MAX_MIME).contains(&mime.len())),
        len: file.len,
        modified_ms: file.modified_ms.filter(|time| *time <= MAX_NUMBER),
        extents,
        unknown: crate::item::UnknownMembers::default(),
    };
    files.iter().zip(extents).map(entry).collect()
}

/// Whether the list fits into a manifest.
pub(crate) fn check_list(files: &[FileEntry], objects: &[PlannedObject]) -> Result<(), TransferError> {
    if objects.len() > MAX_OBJECTS {
        return Err(TOO_LARGE);
    }
    // A control character of a type, or of nothing else that passed, takes six bytes for one.
    let most = |file: &FileEntry| {
        let mime = file.mime.as_ref().map_or(0, |mime| mime.len() * 6);
        file.path.len() * 2 + mime + file.extents.len() * EXTENT + ENTRY
    };
    let bound: usize = files.iter().map(most).sum::<usize>() + objects.len() * OBJECT;
    if bound <= MAX_MANIFEST_TEXT {
        return Ok(());
    }
    // Close to it, or beyond: written once with what every object has as many letters of.
    let fek = Arc::new(Fek::from_text(&"A".repeat(43))?);
    let stand_in = |object: &PlannedObject| ObjectRef {
        object_id: ObjectId([0; 16]),
        fek: Arc::clone(&fek),
        tag_root: [0; 32],
        stream_len: size::PROLOGUE + size::padded_len(object.content_len, object.padding),
    };
    let listing = Listing {
        objects: objects.iter().map(stand_in).collect(),
        files: files.to_vec(),
    };
    if listing.to_manifest_json().len() > MAX_MANIFEST_TEXT {
        return Err(TransferError::InvalidInput(InvalidInput::ListSize));
    }
    Ok(())
}

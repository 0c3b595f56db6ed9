//! CompleteMultipartUpload: the parts stay where they are, a manifest makes them an object.

use std::{collections::BTreeMap, fs, sync::Arc};

use md5::{Digest as _, Md5};

use super::store_part::remove_if_there;
use crate::store::{
    bucket_folder::Store,
    catalog::{StoredObject, Upload, lock},
    disk::{now_ms, sync_folder},
    error::StoreError,
    fault::Step,
    names::{DataId, PartFile},
    objects::publish::WriteCondition,
    records::UploadRecord,
};

/// Smallest part that is not the last one, in bytes (the limit of S3).
const MIN_PART_BYTES: u64 = 5 << 20;

impl Store {
    /// Makes an object of `listed`, number and ETag (without quotes) of every part in order. Asked again with the same
    /// list, it answers with the same object for as long as that object is what the key names.
    pub(crate) fn complete_upload(
        &self,
        key: &str,
        id: &str,
        listed: &[(i32, String)],
        condition: &WriteCondition,
    ) -> Result<Arc<StoredObject>, StoreError> {
        check_order(listed)?;
        let Ok(upload) = self.upload(key, id) else {
            return self.completed_before(key, id, listed);
        };
        let mut state = lock(&upload.state);
        if state.closed {
            drop(state);
            return self.completed_before(key, id, listed);
        }
        let parts = choose(&state.parts, listed)?;
        // A part may have its new name in memory only, while its own request still waits for the disk.
        sync_folder(&upload.data.path)?;
        let published = self.publish(
            StoredObject {
                key: key.to_owned(),
                etag: multipart_etag(&parts),
                size: parts.iter().map(|part| part.len).sum(),
                modified_ms: now_ms(),
                multipart: true,
                parts: parts.into(),
                data: Arc::clone(&upload.data),
            },
            condition,
        );
        // Once readers can see the object its parts must not change, even when the disk then failed to confirm it.
        if published.is_ok() || self.speaks_for(key, &upload.data) {
            state.closed = true;
            lock(&self.uploads).remove(&upload.data.id);
        }
        let object = published?;
        self.tidy(&upload, &object, &state.parts);
        Ok(object)
    }

    /// The object is committed: whatever fails here is finished by the next start.
    fn tidy(&self, upload: &Upload, object: &StoredObject, parts: &BTreeMap<u16, PartFile>) {
        for part in parts.values().filter(|part| !object.parts.contains(part)) {
            remove_if_there(&upload.data.path.join(part.file_name()));
        }
        // Durably, before the object can be deleted: a folder with this record and no manifest is an open upload.
        let removed = fs::remove_file(upload.data.path.join(UploadRecord::FILE))
            .and_then(|()| self.pass(Step::UploadRecordRemoved))
            .and_then(|()| sync_folder(&upload.data.path));
        if let Err(error) = removed {
            tracing::warn!(upload = %upload.data.id, %error, "the record of a completed upload stays");
        }
    }

    fn completed_before(&self, key: &str, id: &str, listed: &[(i32, String)]) -> Result<Arc<StoredObject>, StoreError> {
        let id = DataId::parse(id).ok_or(StoreError::NoSuchUpload)?;
        let object = self
            .object(key)
            .ok()
            .filter(|object| object.multipart && object.data.id == id)
            .ok_or(StoreError::NoSuchUpload)?;
        let parts = object.parts.iter().map(|part| (part.n, *part)).collect();
        if choose(&parts, listed)?.len() != object.parts.len() {
            return Err(StoreError::NoSuchUpload);
        }
        // The first answer may have been the error of exactly this.
        self.confirm(&object)?;
        Ok(object)
    }
}

fn check_order(listed: &[(i32, String)]) -> Result<(), StoreError> {
    if listed.is_empty() {
        return Err(StoreError::NoParts);
    }
    if listed.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
        return Err(StoreError::InvalidPartOrder);
    }
    Ok(())
}

fn choose(parts: &BTreeMap<u16, PartFile>, listed: &[(i32, String)]) -> Result<Vec<PartFile>, StoreError> {
    let mut chosen = Vec::with_capacity(listed.len());
    for (n, etag) in listed {
        let part = u16::try_from(*n)
            .ok()
            .and_then(|n| parts.get(&n))
            .filter(|part| part.etag().eq_ignore_ascii_case(etag))
            .ok_or(StoreError::InvalidPart(*n))?;
        chosen.push(*part);
    }
    let (_, before_last) = chosen.split_last().ok_or(StoreError::NoParts)?;
    match before_last.iter().find(|part| part.len < MIN_PART_BYTES) {
        Some(small) => Err(StoreError::PartTooSmall(small.n)),
        None => Ok(chosen),
    }
}

/// MD5 of the tags of the parts, and their number: where the tags are MD5s, the ETag that S3 gives a multipart object.
fn multipart_etag(parts: &[PartFile]) -> String {
    let mut md5 = Md5::new();
    for part in parts {
        md5.update(part.tag);
    }
    format!("{}-{}", hex::encode(md5.finalize()), parts.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_etag_is_the_one_of_s3() -> anyhow::Result<()> {
        // Two parts, b"a" * 5 MiB and b"b": computed with Python's hashlib.
        let part = |n, md5: &str, len| -> anyhow::Result<PartFile> {
            let mut bytes = [0; 16];
            hex::decode_to_slice(md5, &mut bytes)?;
            Ok(PartFile {
                n,
                seq: 1,
                tag: bytes,
                len,
            })
        };
        let parts = [
            part(1, "79b281060d337b9b2b84ccf390adcf74", MIN_PART_BYTES)?,
            part(2, "92eb5ffee6ae2fec3ad71c777531578f", 1)?,
        ];
        assert_eq!(multipart_etag(&parts), "e5a8c5272b26fc10581a21089559b006-2");
        Ok(())
    }
}

//! UploadPart: a received body becomes the part, or nothing at all.

use std::{fs, io};

use crate::store::{
    bucket_folder::Store,
    catalog::{Upload, lock},
    disk::{TempFile, sync_folder},
    error::StoreError,
    fault::Step,
    names::PartFile,
};

impl Store {
    /// Makes `body` part `n` of `upload`, in place of an earlier attempt. The last request that arrives here is the part, whenever
    /// it began: the number, the order, the tag and the length go into one file name, by one rename.
    pub(crate) fn store_part(
        &self,
        upload: &Upload,
        n: u16,
        body: TempFile,
        tag: [u8; 16],
        len: u64,
    ) -> Result<PartFile, StoreError> {
        body.file.sync_all()?;
        self.pass(Step::BodyWritten)?;
        let (part, replaced) = {
            let mut state = lock(&upload.state);
            if state.closed {
                return Err(StoreError::NoSuchUpload);
            }
            let part = PartFile {
                n,
                seq: self.next_seq(),
                tag,
                len,
            };
            body.rename(&upload.data.path.join(part.file_name()))?;
            (part, state.parts.insert(n, part))
        };
        self.pass(Step::PartRenamed)?;
        sync_folder(&upload.data.path)?;
        self.pass(Step::PartDurable)?;
        // Only now: before the new name is durable, the old file may be the one that a crash brings back.
        if let Some(replaced) = replaced {
            remove_if_there(&upload.data.path.join(replaced.file_name()));
        }
        Ok(part)
    }

    /// The parts of `upload` above number `after`, at most `max`, and whether there are more.
    pub(crate) fn parts(&self, upload: &Upload, after: u16, max: usize) -> (Vec<PartFile>, bool) {
        let state = lock(&upload.state);
        let mut above = state.parts.range(after.saturating_add(1)..).map(|(_, part)| *part);
        let parts = above.by_ref().take(max).collect();
        (parts, above.next().is_some())
    }
}

/// A file that stays costs disk, no correctness: the next start clears it.
pub(in crate::store) fn remove_if_there(path: &std::path::Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(path = %path.display(), %error, "a replaced file stays until the next start");
    }
}

//! Seals and opens whole objects through a back-end, as the vectors and the corpus need it.

use alloc::vec::Vec;

use super::failure::Failure;
use crate::{
    error::{Error, Result},
    keys::secret::Fek,
    object::{
        cipher::{CipherBackend, RecordCipher},
        header::{Kind, ObjectIdentity},
        reader::ObjectReader,
        tag_root::{Digest, TagRoot, hash_groups},
        writer::ObjectWriter,
    },
    size::{PART, Padding},
};

/// A sealed object with what the vectors say about it.
pub(super) struct Sealed {
    pub(super) writer: ObjectWriter,
    pub(super) bytes: Vec<u8>,
    pub(super) tag_root: Digest,
}

/// What to seal.
pub(super) struct Plain<'a> {
    pub(super) object_id: [u8; 16],
    pub(super) salt: [u8; 32],
    pub(super) fek: [u8; 32],
    pub(super) content: &'a [u8],
    pub(super) kind: Kind,
    pub(super) padding: Padding,
}

impl Plain<'_> {
    /// Seals under given nonces, or fresh ones.
    pub(super) async fn seal<B: CipherBackend>(
        &self,
        backend: &B,
        nonce: Option<fn(u64) -> [u8; 12]>,
    ) -> Result<Sealed> {
        let identity = ObjectIdentity::restore(self.object_id, self.salt, Fek::from_bytes(self.fek));
        let mut writer = ObjectWriter::new(identity, self.content.len() as u64, self.kind, self.padding, PART)?;
        if let Some(nonce) = nonce {
            writer.fix_nonces(nonce);
        }
        let cipher = backend.import(writer.record_key()).await?;
        let mut root = TagRoot::new(writer.object_len())?;
        let mut bytes = Vec::new();
        for number in 1..=writer.parts() {
            let range = writer.content_of_part(number);
            let content = &self.content[range.start as usize..range.end as usize];
            let part = writer.seal_part_with(&cipher, number, content).await?;
            root.insert(bytes.len() as u64 / PART, &part.digests)?;
            bytes.extend_from_slice(&part.bytes);
        }
        Ok(Sealed {
            tag_root: root.finish()?,
            writer,
            bytes,
        })
    }
}

/// Requests of a reader and their answers.
pub(super) struct Asked {
    pub(super) object_id: [u8; 16],
    pub(super) fek: [u8; 32],
    pub(super) kind: Kind,
    pub(super) stream_len: u64,
    pub(super) told_len: u64,
}

impl Asked {
    /// Opens the whole of an object in runs of 10 MiB; the commitment is another step.
    pub(super) async fn open<B: CipherBackend>(&self, backend: &B, stored: &[u8]) -> Result<Vec<u8>> {
        let header = stored.first_chunk().ok_or(Error::Sealed)?;
        let fek = Fek::from_bytes(self.fek);
        let mut reader = ObjectReader::open(&self.object_id, &fek, self.stream_len, self.kind, header, self.told_len)?;
        if stored.len() as u64 != reader.object_len() {
            // A body that ends early: what did come must still not open as something else.
            self.open_prefix(backend, &reader, stored).await?;
            return Err(Error::Sealed);
        }
        let cipher = backend.import(reader.record_key()).await?;
        let mut content = Vec::new();
        for (number, run) in stored.chunks(PART as usize).enumerate() {
            let opened = reader.open_run_with(&cipher, number as u64 * PART, run).await?;
            if number == 0 {
                let first = reader.sealed_range(0).ok_or(Error::Sealed)?;
                let sealed = &run[first.start as usize..first.end as usize];
                let plain = reader.open_record_with(&cipher, 0, sealed).await?;
                reader.accept_first(&plain)?;
            }
            content.extend_from_slice(&opened.content);
        }
        Ok(content)
    }

    async fn open_prefix<B: CipherBackend>(&self, backend: &B, reader: &ObjectReader, stored: &[u8]) -> Result<()> {
        let cipher = backend.import(reader.record_key()).await?;
        reader.open_run_with(&cipher, 0, stored).await.map(|_| ())
    }
}

/// The commitment to stored bytes.
pub(super) fn root_of(stored: &[u8]) -> Result<TagRoot> {
    let mut root = TagRoot::new(stored.len() as u64)?;
    root.insert(0, &hash_groups(stored))?;
    Ok(root)
}

/// Opens one record that some back-end sealed, with another one.
pub(super) async fn open_record<C: RecordCipher>(reader: &ObjectReader, cipher: &C, stored: &[u8]) -> Result<Vec<u8>> {
    let range = reader.sealed_range(0).ok_or(Error::Sealed)?;
    reader
        .open_record_with(cipher, 0, &stored[range.start as usize..range.end as usize])
        .await
}

/// The kind that a case names.
pub(super) fn kind_of(byte: u8) -> core::result::Result<Kind, Failure> {
    match byte {
        1 => Ok(Kind::Content),
        2 => Ok(Kind::Manifest),
        _ => Err(Failure("a case names an unknown kind".into())),
    }
}

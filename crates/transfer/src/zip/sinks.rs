//! Sinks that make one archive of all files, and put it where another kind of sinks puts a file.

use std::rc::Rc;

use crc32fast::Hasher;
use futures::lock::Mutex;

use super::{
    layout::{Directory, Entry},
    plan::ZipPlan,
};
use crate::{
    error::{DeviceFault, TransferError},
    platform::{
        chunk::Chunk,
        sinks::{Proof, Sink, SinkFile, Sinks},
    },
};

/// Bytes of headers and small files that are gathered before they go out together.
const GATHERED: usize = 256 << 10;
/// Content shorter than this is copied to the headers around it; longer content passes through as it is.
const COPIED_BELOW: usize = 64 << 10;

/// Makes one archive of all files. Its sink is opened with the first of them, so that no download appears before
/// the claim is granted.
#[derive(Debug)]
pub struct ZipSinks<S: Sinks> {
    place: S,
    name: String,
    len: u64,
    archive: Shared<S::Sink>,
}

type Shared<K> = Rc<Mutex<Archive<K>>>;

impl<S: Sinks> ZipSinks<S> {
    /// An archive as planned, in a place that `place` opens.
    pub fn new(place: S, plan: ZipPlan) -> Self {
        let ZipPlan { name, entries, len } = plan;
        Self {
            place,
            name,
            len,
            archive: Rc::new(Mutex::new(Archive::new(entries))),
        }
    }
}

impl<S: Sinks> Sinks for ZipSinks<S> {
    type Chunk = S::Chunk;
    type Sink = ZipEntry<S::Sink>;

    fn is_archive(&self) -> bool {
        true
    }

    async fn open(&mut self, file: &SinkFile) -> Result<Self::Sink, TransferError> {
        let mut archive = self.archive.lock().await;
        if archive.out.is_none() && archive.written.is_empty() {
            let whole = SinkFile {
                index: 0,
                path: self.name.clone(),
                len: self.len,
                offset: 0,
                mime: Some("application/zip".to_owned()),
                modified_ms: None,
            };
            archive.out = Some(self.place.open(&whole).await?);
        }
        archive.begin(file).await?;
        drop(archive);
        Ok(ZipEntry {
            archive: Rc::clone(&self.archive),
        })
    }

    async fn close(&mut self) -> Result<(), TransferError> {
        let mut archive = self.archive.lock().await;
        archive.end(self.len).await?;
        let proof = archive.proof;
        let out = archive.out.take().ok_or_else(out_of_order)?;
        drop(archive);
        out.finish(proof).await?;
        self.place.close().await
    }

    async fn abort(&mut self) {
        let out = self.archive.lock().await.out.take();
        if let Some(out) = out {
            out.abort().await;
        }
        self.place.abort().await;
    }
}

/// One file on its way into the archive.
#[derive(Debug)]
pub struct ZipEntry<K: Sink> {
    archive: Shared<K>,
}

impl<K: Sink> Sink for ZipEntry<K> {
    type Chunk = K::Chunk;

    async fn write(&mut self, chunk: K::Chunk) -> Result<(), TransferError> {
        self.archive.lock().await.write(chunk).await
    }

    /// Nothing is finished before the archive is.
    async fn finish(self, proof: Proof) -> Result<(), TransferError> {
        let mut archive = self.archive.lock().await;
        if proof == Proof::Complete {
            archive.proof = proof;
        }
        drop(archive);
        Ok(())
    }

    /// An archive without one of its files is none.
    async fn abort(self) {
        let out = self.archive.lock().await.out.take();
        if let Some(out) = out {
            out.abort().await;
        }
    }
}

/// The archive so far.
#[derive(Debug)]
struct Archive<K> {
    /// Where it goes; `None` before the first file, and when it is over.
    out: Option<K>,
    entries: Vec<Entry>,
    /// Checksum and offset of each entry that is written.
    written: Vec<(u32, u64)>,
    /// The entry that is being written: its checksum so far, where it begins, bytes that are missing.
    current: Option<(Hasher, u64, u64)>,
    /// What goes out with the next larger piece.
    gathered: Vec<u8>,
    /// Bytes of the archive so far, the gathered ones too.
    len: u64,
    /// The least that is known of any file.
    proof: Proof,
}

impl<K: Sink> Archive<K> {
    const fn new(entries: Vec<Entry>) -> Self {
        Self {
            out: None,
            entries,
            written: Vec::new(),
            current: None,
            gathered: Vec::new(),
            len: 0,
            proof: Proof::Whole,
        }
    }

    async fn begin(&mut self, file: &SinkFile) -> Result<(), TransferError> {
        let entry = self.entries.get(self.written.len());
        let entry = entry
            .filter(|entry| self.current.is_none() && entry.file == file.index && entry.len == file.len)
            .ok_or_else(out_of_order)?;
        entry.local(&mut self.gathered);
        let offset = self.len;
        self.len += entry.local_len();
        self.current = Some((Hasher::new(), offset, file.len));
        self.end_entry().await
    }

    async fn write(&mut self, chunk: K::Chunk) -> Result<(), TransferError> {
        let len = chunk.len() as u64;
        let (hasher, _, left) = self.current.as_mut().ok_or_else(out_of_order)?;
        *left = left.checked_sub(len).ok_or_else(out_of_order)?;
        self.len += len;
        if chunk.len() < COPIED_BELOW {
            chunk.each_block(&mut |block| {
                hasher.update(block);
                self.gathered.extend_from_slice(block);
            });
        } else {
            chunk.each_block(&mut |block| hasher.update(block));
            self.flush().await?;
            self.out.as_mut().ok_or_else(out_of_order)?.write(chunk).await?;
        }
        self.end_entry().await
    }

    /// Writes what follows an entry's content, if all of that is there.
    async fn end_entry(&mut self) -> Result<(), TransferError> {
        if let Some((hasher, offset, _)) = self.current.take_if(|(_, _, left)| *left == 0) {
            let entry = &self.entries[self.written.len()];
            let crc = hasher.finalize();
            entry.descriptor(crc, &mut self.gathered);
            self.len += entry.descriptor_len();
            self.written.push((crc, offset));
        }
        self.flush_if_full().await
    }

    /// Writes the directory, and the end that makes all of it an archive.
    async fn end(&mut self, planned: u64) -> Result<(), TransferError> {
        if self.written.len() != self.entries.len() {
            return Err(out_of_order());
        }
        let offset = self.len;
        for at in 0..self.entries.len() {
            let (crc, begins) = self.written[at];
            self.entries[at].central(crc, begins, &mut self.gathered);
            self.len += self.entries[at].central_len(begins);
            self.flush_if_full().await?;
        }
        let directory = Directory {
            entries: self.entries.len() as u64,
            offset,
            len: self.len - offset,
        };
        directory.end(&mut self.gathered);
        self.len += directory.end_len();
        if self.len != planned {
            return Err(out_of_order());
        }
        self.flush().await
    }

    async fn flush_if_full(&mut self) -> Result<(), TransferError> {
        if self.gathered.len() < GATHERED {
            return Ok(());
        }
        self.flush().await
    }

    async fn flush(&mut self) -> Result<(), TransferError> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let chunk = K::Chunk::from_bytes(std::mem::take(&mut self.gathered));
        self.out.as_mut().ok_or_else(out_of_order)?.write(chunk).await
    }
}

/// The engine promises files one by one, each with its exact length.
fn out_of_order() -> TransferError {
    TransferError::device(DeviceFault::Internal, "order of an archive")
}

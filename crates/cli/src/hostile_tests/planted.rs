//! Clients that leave a check out. The suite must find what they believe, or it finds nothing.

use std::{ops::Range, rc::Rc};

use reqwest::header;
use sealdrop_crypto::{ObjectIdentity, ObjectWriter, Padding, hash_groups, size};
use sealdrop_test_support::malicious_server::{Change, Edit, Mutation, Recording, Site, Stored};
use sealdrop_transfer::{OpenJob, OpenedRange, Platform, TransferError};

use super::honest_ranges::{Knowledge, Known};
use crate::platform::{CliPlatform, plain::Plain};

/// Bytes of a record's nonce and tag.
const NONCE: usize = 12;
const TAG: usize = 16;

/// A client that leaves something out.
#[derive(Clone)]
pub(super) struct Weakness {
    pub(super) kind: Kind,
    pub(super) truth: Rc<Knowledge>,
    pub(super) recording: Rc<Recording>,
}

/// What such a client still looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It decrypts without looking at the tags of records, but compares `tag_root`.
    Root,
    /// Neither.
    Neither,
    /// It looks at the tags and does not compare `tag_root`.
    Tags,
}

impl Weakness {
    pub(super) async fn open_range(
        &self,
        platform: &CliPlatform,
        address: &str,
        job: OpenJob,
    ) -> Result<OpenedRange<Plain>, TransferError> {
        let path = job.url.split('?').next().unwrap_or_default().to_owned();
        let known = self.truth.get(&(path.clone(), job.records.start));
        let known = known.ok_or(TransferError::NotWhatWasSealed)?;
        if self.kind == Kind::Tags {
            let range = platform.open_range(job, &|_| {}).await?;
            return Ok(OpenedRange {
                digest: known.digest,
                ..range
            });
        }
        let stored = self.recording.objects().iter().find(|one| one.path == path);
        let stored = stored.ok_or(TransferError::NotWhatWasSealed)?;
        let (start, end) = sealed_range(&job, stored);
        let got = reqwest::Client::new()
            .get(format!("{address}{}", job.url))
            .header(header::RANGE, format!("bytes={start}-{}", end - 1))
            .send()
            .await
            .map_err(|_| TransferError::Unreachable)?
            .bytes()
            .await
            .map_err(|_| TransferError::Unreachable)?;
        if got.len() != end - start {
            return Err(TransferError::Unreachable);
        }
        let digest = match self.kind {
            Kind::Root => known.digest.and_then(|_| hash_groups(&got).first().copied()),
            _ => known.digest,
        };
        Ok(OpenedRange {
            content: Plain(unchecked(known, &job, &stored.bytes[start..end], &got).into()),
            header: known.header,
            digest,
        })
    }
}

fn sealed_range(job: &OpenJob, stored: &Stored) -> (usize, usize) {
    let start = (job.records.start * size::R) as usize;
    let end = ((job.records.end * size::R) as usize).min(stored.bytes.len());
    (start, end)
}

/// What a cipher in counter mode makes of altered bytes when the tag is not checked: the same bits are altered in the content.
fn unchecked(known: &Known, job: &OpenJob, right: &[u8], got: &[u8]) -> Vec<u8> {
    let mut content = known.content.clone();
    let mut at = 0;
    for record in job.records.clone() {
        let slot = ((record - job.records.start) * size::R) as usize;
        let header = if record == 0 { size::HDR as usize } else { 0 };
        let end = (slot + size::R as usize).min(right.len());
        let mut body: Range<usize> = slot + header + NONCE..end - TAG;
        if record == 0 {
            body.start += size::PROLOGUE as usize;
        }
        for place in body {
            if let Some(byte) = content.get_mut(at) {
                *byte ^= right[place] ^ got[place];
            }
            at += 1;
        }
    }
    content
}

/// What an attacker with the key and the bucket can do: the same object sealed again with other content. Every tag is
/// right; only `tag_root` knows better.
pub(super) fn sealed_again(known: &Known, stored: &Stored, place: usize) -> Mutation {
    let mut content = known.content.clone();
    for byte in content.iter_mut().step_by(1_000) {
        *byte ^= 0x55;
    }
    let salt: [u8; 32] = stored.bytes[32..64].try_into().expect("32 bytes");
    let fek = known.job.fek.to_text();
    let fek = sealdrop_crypto::Fek::from_text(&fek).expect("a key");
    let identity = ObjectIdentity::restore(known.job.object_id.0, salt, fek);
    let padding = if size::stream_len(content.len() as u64, Padding::Padded) == Ok(known.job.stream_len) {
        Padding::Padded
    } else {
        Padding::Exact
    };
    let writer =
        ObjectWriter::new(identity, content.len() as u64, known.job.kind, padding, size::PART).expect("a writer");
    assert_eq!(writer.stream_len(), known.job.stream_len);
    let sealed = writer.seal_part(1, &content).expect("a part");
    assert_eq!(sealed.bytes.len(), stored.bytes.len());
    let what = "sealed again by a holder of the key";
    Mutation::new(Site::Object(place), what, Change::Body(Edit::Replace(sealed.bytes)))
}

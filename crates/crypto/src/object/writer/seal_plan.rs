//! Seals one part as its plan says, and looks at one record of it before it is sent.

use alloc::vec;
use alloc::vec::Vec;

use crate::object::sealed_part::SealedPart;
use crate::{
    error::{Error, Result},
    object::{
        cipher::RecordCipher,
        plan::{
            part_plan::{PartPlan, RecordPlan},
            usize_of,
        },
        tag_root::GroupHasher,
    },
    random::fill_random,
    size::{HDR, NONCE},
};

/// Which record of a part is looked at.
fn sample() -> Result<u16> {
    let mut random = [0; 2];
    fill_random(&mut random)?;
    Ok(u16::from_be_bytes(random))
}

/// Opens a record as it is about to be sent and compares it with its content: memory that flips bits is noticed by the
/// sender, while the file is still there (after restic, which does the same before it uploads).
pub(super) async fn check_record<C: RecordCipher>(
    plan: &PartPlan,
    record: &RecordPlan,
    cipher: &C,
    content: &[u8],
    bytes: &[u8],
) -> Result<()> {
    let assembled = record.assemble(plan.prologue(), content);
    let plain = assembled.as_deref().unwrap_or(&content[record.content()]);
    let mut opened = zeroize::Zeroizing::new(vec![0; plain.len()]);
    cipher
        .open(&record.slot().read_back(), &bytes[record.sealed()], &mut opened)
        .await?;
    if opened.as_slice() == plain {
        Ok(())
    } else {
        Err(Error::Sealed)
    }
}

/// Walks a plan: each record is sealed and hashed while it is warm.
pub(super) async fn seal_plan<C: RecordCipher>(
    plan: &PartPlan,
    cipher: &C,
    content: &[u8],
    mut bytes: Vec<u8>,
) -> Result<SealedPart> {
    let range = plan.content();
    if content.len() != usize_of(range.end - range.start)? {
        return Err(Error::Misuse("the content of a part has its exact length"));
    }
    // Every byte is overwritten below: old contents of the buffer need no clearing.
    bytes.resize(plan.sealed_len(), 0);
    let mut hasher = GroupHasher::new();
    let mut hashed = 0;
    if let Some(header) = plan.header() {
        bytes[..HDR as usize].copy_from_slice(header);
    }
    for record in plan.records() {
        let sealed = record.sealed();
        bytes[record.offset()..record.offset() + NONCE as usize].copy_from_slice(record.slot().nonce());
        let assembled = record.assemble(plan.prologue(), content);
        let plain = assembled.as_deref().unwrap_or(&content[record.content()]);
        cipher.seal(record.slot(), plain, &mut bytes[sealed.clone()]).await?;
        hasher.update(&bytes[hashed..sealed.end]);
        hashed = sealed.end;
    }
    if let Some(record) = plan.records().get(usize::from(sample()?) % plan.records().len().max(1)) {
        check_record(plan, record, cipher, content, &bytes).await?;
    }
    Ok(SealedPart {
        bytes,
        digests: hasher.finish(),
    })
}

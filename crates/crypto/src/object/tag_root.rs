//! The commitment to a whole object as stored (format, section 2).
//!
//! A GCM tag commits to nothing for someone who holds the key: a recipient could alter a record and keep its tag.
//! `tag_root` hashes the stored bytes, which rules that out. A full download is done only when it has been compared.

use alloc::vec;
use alloc::vec::Vec;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

use super::plan::usize_of;
use crate::{
    error::{Error, Result},
    keys::{derive::hash_labelled, label},
    size::PART,
};

/// SHA-256 of 10 MiB of an object as stored, the last one shorter (`D_g`).
pub type Digest = [u8; 32];

/// The digest of each 10 MiB of stored bytes that start at a multiple of 10 MiB.
pub fn hash_groups(stored: &[u8]) -> Vec<Digest> {
    stored
        .chunks(PART as usize)
        .map(|group| Sha256::digest(group).into())
        .collect()
}

/// The digests of an object, gathered in any order.
#[derive(Debug, Clone)]
pub struct TagRoot {
    object_len: u64,
    digests: Vec<Option<Digest>>,
}

impl TagRoot {
    /// An object of this stored length, with no digest known yet.
    ///
    /// # Errors
    /// [`Error::TooLarge`] if the machine cannot count its groups.
    pub fn new(object_len: u64) -> Result<Self> {
        Ok(Self {
            object_len,
            digests: vec![None; usize_of(object_len.div_ceil(PART))?],
        })
    }

    /// Takes the digests of the groups from `first` on (`first` = object offset / 10 MiB).
    ///
    /// # Errors
    /// [`Error::Misuse`] if the object has no such group.
    pub fn insert(&mut self, first: u64, digests: &[Digest]) -> Result<()> {
        let first = usize_of(first)?;
        let end = first.checked_add(digests.len()).ok_or(Error::TooLarge)?;
        let places = self.digests.get_mut(first..end).ok_or(Error::Misuse("no such group"))?;
        for (place, digest) in places.iter_mut().zip(digests) {
            *place = Some(*digest);
        }
        Ok(())
    }

    /// The root.
    ///
    /// # Errors
    /// [`Error::Misuse`] while a group is missing.
    pub fn finish(&self) -> Result<Digest> {
        let digests: Option<Vec<Digest>> = self.digests.iter().copied().collect();
        tag_root(
            self.object_len,
            &digests.ok_or(Error::Misuse("a group has not been hashed"))?,
        )
    }

    /// Compares with the root that item or payload names.
    ///
    /// # Errors
    /// [`Error::Sealed`] if the object was altered, [`Error::Misuse`] while a group is missing.
    pub fn verify(&self, expected: &Digest) -> Result<()> {
        if bool::from(self.finish()?.ct_eq(expected)) {
            Ok(())
        } else {
            Err(Error::Sealed)
        }
    }
}

/// The root of an object of `object_len` stored bytes from all its digests in order.
///
/// # Errors
/// [`Error::Misuse`] unless there is one digest for each 10 MiB.
pub fn tag_root(object_len: u64, digests: &[Digest]) -> Result<Digest> {
    if digests.len() as u64 != object_len.div_ceil(PART) {
        return Err(Error::Misuse("one digest for each 10 MiB"));
    }
    Ok(hash_labelled(
        label::TAG_ROOT,
        &[&object_len.to_be_bytes(), digests.as_flattened()],
    ))
}

/// Hashes stored bytes as they come, while they are still in the processor's cache.
pub(crate) struct GroupHasher {
    current: Sha256,
    filled: usize,
    digests: Vec<Digest>,
}

impl GroupHasher {
    pub(crate) fn new() -> Self {
        Self {
            current: Sha256::new(),
            filled: 0,
            digests: Vec::new(),
        }
    }

    pub(crate) fn update(&mut self, mut stored: &[u8]) {
        while !stored.is_empty() {
            let (now, rest) = stored.split_at(stored.len().min(PART as usize - self.filled));
            self.current.update(now);
            self.filled += now.len();
            stored = rest;
            if self.filled == PART as usize {
                self.digests.push(self.current.finalize_reset().into());
                self.filled = 0;
            }
        }
    }

    pub(crate) fn finish(mut self) -> Vec<Digest> {
        if self.filled > 0 {
            self.digests.push(self.current.finalize().into());
        }
        self.digests
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_and_order_do_not_matter() -> Result<()> {
        let stored: Vec<u8> = (0..PART * 2 + 77).map(|i| (i % 251) as u8).collect();
        let digests = hash_groups(&stored);
        assert_eq!(digests.len(), 3);
        for piece in [1_000_003, PART as usize, stored.len()] {
            let mut hasher = GroupHasher::new();
            stored.chunks(piece).for_each(|chunk| hasher.update(chunk));
            assert_eq!(hasher.finish(), digests);
        }
        let mut gathered = TagRoot::new(stored.len() as u64)?;
        gathered.insert(1, &digests[1..])?;
        assert!(matches!(gathered.finish(), Err(Error::Misuse(_))));
        gathered.insert(0, &digests[..1])?;
        let root = tag_root(stored.len() as u64, &digests)?;
        gathered.verify(&root)?;
        assert_eq!(gathered.verify(&[0; 32]), Err(Error::Sealed));
        assert!(gathered.insert(3, &digests[..1]).is_err());
        Ok(())
    }
}

//! What is settled about an object before its first byte is sealed: who it is, how long, in which parts.

use core::ops::Range;

use sealdrop_api::ObjectId;
use sealdrop_crypto::{Kind, ObjectIdentity, ObjectWriter, Padding, size};

use crate::error::TransferError;

/// An object of known length that is about to be sealed: the same plan seals the same positions, in any order, in
/// any worker, as often as needed. It holds the object's key and is redacted in `Debug`.
#[derive(Debug)]
pub struct ObjectPlan {
    writer: ObjectWriter,
    kind: Kind,
    padding: Padding,
    part_len: u64,
}

impl ObjectPlan {
    /// Plans an object.
    ///
    /// # Errors
    /// [`TransferError::InvalidInput`] beyond what one object can hold (2 TiB).
    pub fn new(
        identity: ObjectIdentity,
        content_len: u64,
        kind: Kind,
        padding: Padding,
    ) -> Result<Self, TransferError> {
        let part_len = size::part_len_for(content_len)?;
        let writer = ObjectWriter::new(identity, content_len, kind, padding, part_len)?;
        Ok(Self {
            writer,
            kind,
            padding,
            part_len,
        })
    }

    /// Seals its parts, for a platform that seals where the engine runs. One that seals elsewhere makes its own
    /// writer there, from [`Self::identity`], [`Self::content_len`], [`Self::kind`], [`Self::padding`] and
    /// [`Self::part_len`].
    #[must_use]
    pub const fn writer(&self) -> &ObjectWriter {
        &self.writer
    }

    /// Id, salt and key: made together, used for this object only.
    #[must_use]
    pub const fn identity(&self) -> &ObjectIdentity {
        self.writer.identity()
    }

    /// Its id.
    #[must_use]
    pub const fn object_id(&self) -> ObjectId {
        ObjectId(*self.identity().object_id())
    }

    /// Plain bytes.
    #[must_use]
    pub const fn content_len(&self) -> u64 {
        self.writer.content_len()
    }

    /// What it holds.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether its length is hidden among similar ones.
    #[must_use]
    pub const fn padding(&self) -> Padding {
        self.padding
    }

    /// Sealed bytes of every part but the last: a multiple of 10 MiB.
    #[must_use]
    pub const fn part_len(&self) -> u64 {
        self.part_len
    }

    /// Sealed bytes of the whole object.
    #[must_use]
    pub const fn sealed_len(&self) -> u64 {
        self.writer.object_len()
    }

    /// How many parts it has; never 0.
    #[must_use]
    pub const fn part_count(&self) -> u32 {
        self.writer.parts()
    }

    /// Sealed bytes of a part, from 1 to [`Self::part_count`].
    #[must_use]
    pub fn sealed_part_len(&self, part: u32) -> u64 {
        self.writer.part_len(part)
    }

    /// The bytes of content that a part carries; empty for a part of padding.
    #[must_use]
    pub const fn content_of_part(&self, part: u32) -> Range<u64> {
        self.writer.content_of_part(part)
    }
}

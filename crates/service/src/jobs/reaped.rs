//! What one pass of the background jobs did.

/// Counts of one pass of [`crate::Service::reap`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reaped {
    /// Uploads that nobody touched for 72 hours, given up.
    pub uploads_expired: u64,
    /// Uploads whose signed parts did not come while their addresses lived: the space is free again.
    pub promises_lapsed: u64,
    /// Reservations that nothing was ever signed of, forgotten.
    pub reservations_forgotten: u64,
    /// Committed objects that no link took in time, given to deletion.
    pub objects_unlinked: u64,
    /// Links whose time was over, ended.
    pub links_expired: u64,
    /// Ended links whose objects no claim may read any more, given to deletion.
    pub links_swept: u64,
    /// Claims whose lease had run out, closed.
    pub claims_lapsed: u64,
    /// Links forgotten 30 days after their end.
    pub tombstones_dropped: u64,
    /// Uploads that were given up or deleted an hour ago, forgotten.
    pub uploads_forgotten: u64,
    /// Interrupted completions, carried on.
    pub uploads_resumed: u64,
    /// Uploads whose parts were removed from the bucket.
    pub uploads_aborted: u64,
    /// Objects removed from the bucket.
    pub objects_deleted: u64,
    /// Multipart uploads in the bucket that the database does not know, aborted.
    pub orphans_aborted: u64,
    /// Links, and objects that were sent and are linked by nothing, of which too many fell due at once: they are kept.
    pub held: u64,
    /// Steps that failed and are tried again in the next pass.
    pub failed: u64,
}

impl Reaped {
    /// Whether the pass found nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

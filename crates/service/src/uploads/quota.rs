//! Quotas: the token's limit, the bounds of a client and of all clients, and the disk of an embedded bucket.
//!
//! A reservation takes only what an object costs whatever its length; the bytes of a part are promised when the part is signed,
//! until the bucket holds it or its URL expires. One client may hold half of what it leaves to the others, so that the next
//! client always finds some (Choudhury and Hahne, "Dynamic queue length thresholds for shared-memory packet switches", 1998).

use sealdrop_api::{LimitKind, Problem, ProblemType};

use crate::{
    clients::ClientTag,
    error::ServiceError,
    plans::SendLimits,
    service::Service,
    store::{
        WriteTx,
        totals::{self, Total},
    },
};

/// Objects that one token may reserve: those of a list of files, and the list.
const MAX_OBJECTS: u64 = 100_001;
/// Bytes of the disk that stay free: the database and the log live there too.
const SPARE: u64 = 16 << 20;
/// Bytes that an object takes on the disk whatever its length: its rows, its folder and files in the bucket, their inodes.
/// Measured at 9.3 KiB of a begun upload.
const FLOOR: u64 = 16 << 10;

/// Quota that is left for one client's next part.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quota {
    /// What the client holds already.
    held: u64,
    /// What it may hold whatever others do; `None` for an unknown client.
    most: Option<u64>,
    /// Bytes that were not promised to any client.
    free: u64,
}

/// Why a part does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OverQuota {
    /// The client holds its share. It passes as its parts arrive.
    Share,
    /// There is not enough for anyone.
    Full,
}

impl Quota {
    /// Takes the quota of one part.
    pub(super) fn take(&mut self, len: u64) -> Result<(), OverQuota> {
        let free = self.free.checked_sub(len).ok_or(OverQuota::Full)?;
        let held = self.held.saturating_add(len);
        if let Some(most) = self.most {
            // One part at a time passes whatever its length. Nothing to wait for is another matter.
            let over = if self.held > 0 {
                OverQuota::Share
            } else {
                OverQuota::Full
            };
            if held > free / 2 || (held > most && self.held > 0) {
                return Err(over);
            }
        }
        (self.held, self.free) = (held, free);
        Ok(())
    }
}

/// Refuses `more` bytes and objects beyond what the token has if that is over the limit of one link. The caller holds the
/// token's lock.
pub(super) async fn check_link_limit(
    tx: &WriteTx,
    limits: &SendLimits,
    token_hash: &[u8; 32],
    more: u64,
    new_objects: u64,
) -> Result<(), ServiceError> {
    let reserved = totals::of_token(tx, token_hash).await?;
    let limit = limits.max_link_bytes;
    if reserved.bytes.saturating_add(more) > limit {
        return Err(Problem::too_large(LimitKind::LinkBytes, limit).into());
    }
    if reserved.objects + new_objects > MAX_OBJECTS {
        return Err(Problem::too_large(LimitKind::LinkObjects, MAX_OBJECTS).into());
    }
    Ok(())
}

impl Service {
    /// Refuses one more object of `announced` bytes if the client has too many that no link has taken, if all have, or if
    /// the disk could not take it as it is now. Nothing of the bytes is held.
    pub(super) async fn check_new_object(
        &self,
        tx: &WriteTx,
        client: ClientTag,
        announced: u64,
    ) -> Result<(), ServiceError> {
        let limits = &self.inner.limits;
        let all = totals::of_all_locked(tx).await?;
        let Some(left) = limits.max_open_uploads.checked_sub(all.objects + 1) else {
            tracing::warn!(
                open = all.objects,
                "as many uploads are open as SEALDROP_MAX_OPEN_UPLOADS allows"
            );
            return Err(ProblemType::Unavailable.into());
        };
        if client.is_known() {
            let open = totals::of_client(tx, client).await?.objects + 1;
            if open > limits.client_max_open_uploads || open > left / 2 {
                return Err(Problem::too_many(LimitKind::OpenUploads).into());
            }
        }
        if let Some(free) = self.free_bytes(all)
            && announced.saturating_add(FLOOR) > free
        {
            tracing::warn!(announced, free, "the disk has no room for another upload");
            return Err(ProblemType::StorageFull.into());
        }
        Ok(())
    }

    /// What is left for a client's parts, of which `arrived` bytes are no longer promised. The totals are held against other
    /// writers.
    pub(super) async fn quota_for_parts(
        &self,
        tx: &WriteTx,
        client: ClientTag,
        arrived: u64,
    ) -> Result<Quota, ServiceError> {
        let limits = &self.inner.limits;
        let mut all = totals::of_all_locked(tx).await?;
        all.promised = all.promised.saturating_sub(arrived);
        let free = limits.max_promised_bytes.saturating_sub(all.promised);
        let free = self.free_bytes(all).map_or(free, |on_disk| free.min(on_disk));
        let known = client.is_known();
        let held = if known {
            totals::of_client(tx, client).await?.promised
        } else {
            0
        };
        Ok(Quota {
            held: held.saturating_sub(arrived),
            most: known.then_some(limits.client_max_promised_bytes),
            free,
        })
    }

    /// Free bytes of the embedded bucket's disk that were not promised to any client.
    fn free_bytes(&self, all: Total) -> Option<u64> {
        let free_space = self.inner.free_space.as_ref()?;
        let taken = all
            .promised
            .saturating_add(all.objects.saturating_mul(FLOOR))
            .saturating_add(SPARE);
        Some(free_space().saturating_sub(taken))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n01_a_client_holds_half_of_what_it_leaves() {
        let mut quota = Quota {
            held: 0,
            most: Some(1_000),
            free: 300,
        };
        assert_eq!((0..20).take_while(|_| quota.take(10).is_ok()).count(), 10);
        assert_eq!((quota.take(10), quota.free), (Err(OverQuota::Share), 200));
        // However many are there before it, the next one finds some.
        for _ in 0..50 {
            quota = Quota { held: 0, ..quota };
            assert_eq!(quota.take(quota.free / 3), Ok(()));
        }
        assert_eq!(quota.take(quota.free + 1), Err(OverQuota::Full));
        let mut first = Quota {
            held: 0,
            free: 10,
            ..quota
        };
        assert_eq!(first.take(8), Err(OverQuota::Full), "nothing of its own to wait for");
    }

    #[test]
    fn n01_one_part_passes_whatever_the_bound() {
        let mut quota = Quota {
            held: 0,
            most: Some(5),
            free: 1_000,
        };
        assert_eq!((quota.take(10), quota.take(1)), (Ok(()), Err(OverQuota::Share)));
    }
}

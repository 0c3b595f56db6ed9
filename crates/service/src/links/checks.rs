//! Who may see a link, what a request for one may hold, and what is said of its state.

use sealdrop_api::{
    LimitKind, LinkAuth, Problem, ProblemType,
    limits::{MAX_PAYLOAD_LEN, MIN_PAYLOAD_LEN},
    links::LinkStatus,
};

use crate::{
    error::ServiceError,
    plans::SendLimits,
    proof,
    store::{count32, instant, links::Link, unsigned},
};

/// Bytes of a sealed blob around its padded text (format section 3).
const BLOB_OVERHEAD: usize = 84;

/// The link, if the bearer fits; else the same answer as if there were none.
pub(crate) fn opened_by(found: Option<Link>, auth: &LinkAuth) -> Result<Link, ServiceError> {
    let stored = found.as_ref().and_then(|link| link.verifier.as_deref());
    let fits = proof::fits(stored, &proof::digest(auth.as_bytes()));
    found.filter(|_| fits).ok_or_else(|| ProblemType::LinkNotFound.into())
}

pub(super) fn status(link: &Link, now: i64, not_written: i64) -> LinkStatus {
    let end = link.end(now);
    LinkStatus {
        link_id: link.id(),
        state: end.map_or(sealdrop_api::links::LinkState::Active, |(reason, _)| reason.into()),
        expires_at: instant(end.map_or(link.expires_at, |(_, at)| at)),
        max_downloads: count32(link.max_downloads),
        rev: unsigned(link.rev),
        opened: unsigned(link.opened.saturating_add(not_written)),
        active: count32(link.active),
        used: count32(link.used),
        failed: count32(link.failed),
        sealed_bytes: unsigned(link.sealed_bytes),
        revivable_until: link.revivable_until(now).map(instant),
        created_at: Some(instant(link.created_at)),
        paused: link.paused_at.is_some(),
    }
}

pub(super) fn invalid(detail: impl Into<String>) -> ServiceError {
    Problem::new(ProblemType::InvalidRequest).with_detail(detail).into()
}

pub(super) fn check_payload(payload: &[u8]) -> Result<(), ServiceError> {
    let padded = payload.len().saturating_sub(BLOB_OVERHEAD);
    if (MIN_PAYLOAD_LEN..=MAX_PAYLOAD_LEN).contains(&payload.len()) && padded.is_power_of_two() {
        Ok(())
    } else {
        Err(invalid("This length is not possible for an encrypted payload."))
    }
}

pub(super) fn check_expires_in(limits: &SendLimits, expires_in: u64) -> Result<(), ServiceError> {
    if expires_in < limits.min_expires_in {
        return Err(invalid(format!(
            "A link must last at least {} seconds.",
            limits.min_expires_in
        )));
    }
    if expires_in > limits.max_expires_in {
        return Err(Problem::too_large(LimitKind::ExpiresIn, limits.max_expires_in).into());
    }
    Ok(())
}

pub(super) fn check_downloads(limits: &SendLimits, downloads: u32) -> Result<(), ServiceError> {
    if downloads == 0 {
        return Err(invalid("A link must allow at least one download."));
    }
    if downloads > limits.max_downloads {
        return Err(Problem::too_large(LimitKind::Downloads, limits.max_downloads.into()).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_have_the_lengths_of_sealed_blobs() {
        for padded in [64, 128, 1024, 65_536] {
            assert!(check_payload(&vec![0; padded + 84]).is_ok(), "{padded}");
        }
        for wrong in [0, 84, 85, 84 + 32, 84 + 63, 84 + 65, 84 + 96, 84 + 131_072] {
            assert!(check_payload(&vec![0; wrong]).is_err(), "{wrong}");
        }
    }
}

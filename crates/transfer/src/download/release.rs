//! Releases the claim of a download that will not go on here.

use sealdrop_api::{
    ClaimId,
    claims::{Purpose, Release, ReleaseClaim, ReleaseReason},
};

use super::{claim::Claim, resume::Resume};
use crate::{
    engine::call,
    link::open::OpenedLink,
    platform::{Platform, request::ApiRequest},
};

/// The request that gives a place back for now, when the page of its download is left: the same claim goes on later, if there is a
/// place. A page that is left cannot wait for an answer.
#[must_use]
pub fn release_request(link: &OpenedLink, claim_id: ClaimId) -> Option<ApiRequest> {
    let body = Release {
        auth: link.auth.clone(),
        reason: ReleaseReason::Left,
    };
    let release = ReleaseClaim {
        link_id: link.link_id,
        claim_id,
        body,
    };
    call::write(&release, None).ok()
}

/// Releases the claim of a download that will not go on. Errors are ignored: the lease ends by itself.
pub async fn give_back<P: Platform>(platform: &P, link: &OpenedLink, resume: &Resume) {
    Claim::with(link, resume.claim_id, Purpose::Download)
        .give_back(platform, ReleaseReason::Cancelled)
        .await;
}

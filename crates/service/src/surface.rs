//! Signatures first; each moves into the file of its operation.
use sealdrop_api::{
    ClaimId, LinkAuth, LinkId, ObjectId, OwnerToken, ProblemType,
    claims::{ClaimProgress, ClaimStatus, NewClaim, ObjectUrls, ObjectsToSign, Release},
    links::{LinkChange, LinkCreated, LinkStatus, NewLink, OpenedLink},
    uploads::{NewUpload, PartList, PartUrls, PartsSent, PartsToSign, UploadProgress, UploadReserved, UploadStatus},
};
use tokio_util::sync::CancellationToken;

use crate::{Origin, Readiness, Reaped, Service, ServiceError};

type Answer<T> = Result<T, ServiceError>;
fn soon<T>() -> Answer<T> {
    Err(ProblemType::Unavailable.into())
}

#[expect(missing_docs, clippy::missing_errors_doc, unused_variables, reason = "moves")]
impl Service {
    pub async fn reserve_upload(&self, token: &OwnerToken, new: NewUpload) -> Answer<UploadReserved> {
        soon()
    }
    pub async fn get_upload(&self, token: &OwnerToken, object_id: ObjectId) -> Answer<UploadStatus> {
        soon()
    }
    pub async fn list_parts(&self, token: &OwnerToken, object_id: ObjectId, after: u32) -> Answer<PartList> {
        soon()
    }
    pub async fn sign_parts(
        &self,
        token: &OwnerToken,
        object_id: ObjectId,
        parts: PartsToSign,
        origin: &Origin,
    ) -> Answer<PartUrls> {
        soon()
    }
    pub async fn complete_upload(
        &self,
        token: &OwnerToken,
        object_id: ObjectId,
        sent: PartsSent,
    ) -> Answer<UploadProgress> {
        soon()
    }
    pub async fn delete_upload(&self, token: &OwnerToken, object_id: ObjectId) -> Answer<()> {
        soon()
    }
    pub async fn create_link(&self, token: &OwnerToken, new: NewLink) -> Answer<LinkCreated> {
        soon()
    }
    pub async fn get_link(&self, token: &OwnerToken, link_id: LinkId) -> Answer<LinkStatus> {
        soon()
    }
    pub async fn change_link(&self, token: &OwnerToken, link_id: LinkId, change: LinkChange) -> Answer<LinkStatus> {
        soon()
    }
    pub async fn revoke_link(&self, token: &OwnerToken, link_id: LinkId) -> Answer<()> {
        soon()
    }
    pub async fn open_link(&self, link_id: LinkId, auth: &LinkAuth, origin: &Origin) -> Answer<OpenedLink> {
        soon()
    }
    pub async fn create_claim(&self, link_id: LinkId, new: NewClaim) -> Answer<ClaimStatus> {
        soon()
    }
    pub async fn sign_objects(
        &self,
        link_id: LinkId,
        claim_id: ClaimId,
        objects: ObjectsToSign,
        origin: &Origin,
    ) -> Answer<ObjectUrls> {
        soon()
    }
    pub async fn commit_claim(&self, link_id: LinkId, claim_id: ClaimId, auth: &LinkAuth) -> Answer<ClaimProgress> {
        soon()
    }
    pub async fn release_claim(&self, link_id: LinkId, claim_id: ClaimId, release: Release) -> Answer<ClaimProgress> {
        soon()
    }
    pub async fn reap(&self) -> Answer<Reaped> {
        soon()
    }
    pub async fn readiness(&self) -> Readiness {
        Readiness {
            database: Err("not yet".into()),
            bucket: Err("not yet".into()),
        }
    }
    pub async fn run_jobs(self, shutdown: CancellationToken) {
        shutdown.cancelled().await;
    }
}

//! What a recipient does, without opening.

use sea_orm::{ConnectionTrait, Statement};
use sealdrop_api::{
    ClaimId, LinkAuth,
    claims::{ClaimState, ClaimStatus, NewClaim, ObjectUrls, ObjectsToSign, Purpose, Release, ReleaseReason},
};
use sealdrop_service::ServiceError;

use super::{TestEnv, TestLink, random};

pub(crate) fn claim_id() -> ClaimId {
    ClaimId(random())
}

pub(crate) fn release(auth: &LinkAuth) -> Release {
    Release {
        auth: auth.clone(),
        reason: ReleaseReason::Failed,
    }
}

impl TestEnv {
    /// What the page of a download says when it is closed.
    pub(crate) async fn leave(&self, link: &TestLink, claim: ClaimId) -> Result<ClaimState, ServiceError> {
        let left = Release {
            auth: link.auth.clone(),
            reason: ReleaseReason::Left,
        };
        let progress = self.service.release_claim(link.id, claim, left).await?;
        Ok(progress.state)
    }

    pub(crate) async fn claim(&self, link: &TestLink) -> Result<ClaimId, ServiceError> {
        let id = claim_id();
        self.claim_as(link, id).await.map(|_| id)
    }

    pub(crate) async fn claim_as(&self, link: &TestLink, claim_id: ClaimId) -> Result<ClaimStatus, ServiceError> {
        let new = NewClaim {
            auth: link.auth.clone(),
            claim_id,
            purpose: Purpose::Download,
        };
        self.service.create_claim(link.id, new).await
    }

    pub(crate) async fn sign_object(&self, link: &TestLink, claim: ClaimId) -> Result<ObjectUrls, ServiceError> {
        let objects = ObjectsToSign {
            auth: link.auth.clone(),
            objects: vec![link.object],
        };
        self.service.sign_objects(link.id, claim, objects, &self.origin).await
    }

    pub(crate) async fn commit(&self, link: &TestLink, claim: ClaimId) -> Result<ClaimState, ServiceError> {
        self.service
            .commit_claim(link.id, claim, &link.auth)
            .await
            .map(|done| done.state)
    }

    pub(crate) async fn release(&self, link: &TestLink, claim: ClaimId) -> Result<ClaimState, ServiceError> {
        self.service
            .release_claim(link.id, claim, release(&link.auth))
            .await
            .map(|done| done.state)
    }

    /// Active, used, failed, as the owner sees them.
    pub(crate) async fn counts(&self, link: &TestLink) -> (u32, u32, u32) {
        let status = self
            .service
            .get_link(&link.token, link.id)
            .await
            .expect("the owner looks");
        (status.active, status.used, status.failed)
    }

    /// Rows of a table that hold exactly these bytes.
    pub(crate) async fn rows_with(&self, table: &str, column: &str, bytes: &[u8]) -> usize {
        let database = self.database().await;
        let sql = format!("SELECT 1 AS one FROM {table} WHERE {column} = $1");
        let query = Statement::from_sql_and_values(database.get_database_backend(), sql, [bytes.to_vec().into()]);
        let rows = database.query_all_raw(query).await.expect("the query runs").len();
        database.close().await.expect("it closes");
        rows
    }
}

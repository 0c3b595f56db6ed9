//! Who may use an upload, and the refusals that several operations share.

use sea_orm::ConnectionTrait;
use sealdrop_api::{ObjectId, OwnerToken, Problem, ProblemType};

use crate::{
    error::ServiceError,
    proof,
    store::uploads::{self, Model},
};

/// The upload, if the token fits; else the same answer as if there were none.
pub(super) async fn find_owned(
    conn: &impl ConnectionTrait,
    token: &OwnerToken,
    object_id: ObjectId,
) -> Result<Model, ServiceError> {
    owned(uploads::find(conn, object_id).await?, token)
}

pub(super) fn owned(found: Option<Model>, token: &OwnerToken) -> Result<Model, ServiceError> {
    let fits = proof::fits(
        found.as_ref().map(|row| row.token_hash.as_slice()),
        &proof::digest(token.as_bytes()),
    );
    found.filter(|_| fits).ok_or_else(|| ProblemType::UploadNotFound.into())
}

pub(super) fn invalid(detail: impl Into<String>) -> ServiceError {
    Problem::new(ProblemType::InvalidRequest).with_detail(detail).into()
}

/// The request does not go with the state that the upload is in.
pub(super) fn wrong_state(row: &Model) -> ServiceError {
    let state: &str = match row.state {
        uploads::State::Reserved => "nothing of it was sent yet",
        uploads::State::Uploading => "parts are still being sent",
        uploads::State::Completing | uploads::State::Verifying => "it is being completed",
        uploads::State::Committed => "it is complete",
        uploads::State::Deleting | uploads::State::Deleted => "it was deleted",
        uploads::State::Aborting | uploads::State::Aborted => "it was given up",
    };
    Problem::new(ProblemType::UploadState)
        .with_detail(format!("The upload is in this state: {state}."))
        .into()
}

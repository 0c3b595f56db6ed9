//! Stretches a link's password (Argon2id, 64 MiB) where no frame waits for it.

use js_sys::Array;
use sealdrop_api::LinkId;
use sealdrop_crypto::LinkSecret;
use sealdrop_transfer::{TransferError, derive_link_access};
use zeroize::Zeroizing;

use crate::worker::{
    context::{Answer, JobContext},
    error::WorkerError,
    messages::WorkerRequest,
};

pub(in crate::worker) fn derive_link(context: &JobContext, job: &WorkerRequest) -> Result<Answer, WorkerError> {
    let malformed = || WorkerError::internal("malformed job");
    let link_id: LinkId = job.link_id().parse().map_err(|_| malformed())?;
    let secret = LinkSecret::from_text(&Zeroizing::new(job.secret()))?;
    let password = job.password().map(Zeroizing::new);
    let access =
        derive_link_access(link_id, &secret, password.as_deref().map(String::as_str)).map_err(|error| match error {
            TransferError::InvalidInput(_) => WorkerError::PasswordLength,
            other => WorkerError::internal(other.to_string()),
        })?;
    let response = context.done();
    response.set_payload_key(&access.payload_key.to_text());
    response.set_auth(&access.auth.expose());
    response.set_verifier(&access.verifier.expose());
    Ok(Answer {
        response,
        moved: Array::new(),
    })
}

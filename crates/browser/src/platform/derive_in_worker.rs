//! The keys of a link with a password: stretched in a worker, by code that a link without one never loads.

use sealdrop_api::LinkId;
use sealdrop_crypto::PayloadKey;
use sealdrop_transfer::{DeviceFault, LinkAccess, TransferError};
use zeroize::Zeroizing;

use crate::{
    split::{NotLoaded, split_point},
    worker::{Pool, WorkerRequest},
};

split_point!(password: derive_in_worker(pool: Pool, link_id: LinkId, secret: Zeroizing<String>, password: Zeroizing<String>) -> Result<Result<LinkAccess, TransferError>, NotLoaded>
    = async move { Ok(derive(&pool, link_id, &secret, &password).await) });

async fn derive(pool: &Pool, link_id: LinkId, secret: &str, password: &str) -> Result<LinkAccess, TransferError> {
    let message = WorkerRequest::new("derive");
    message.set_link_id(&link_id.to_string());
    message.set_secret(secret);
    message.set_password(password);
    let response = pool
        .run(&message, &|_| {})
        .await
        .map_err(|fault| fault.into_transfer(|_| String::new()))?;
    // That worker is gone; what comes next finds others.
    pool.warm();
    let malformed = |_| TransferError::device(DeviceFault::Internal, "keys of a worker");
    Ok(LinkAccess {
        payload_key: PayloadKey::from_text(&response.payload_key())?,
        auth: response.auth().parse().map_err(malformed)?,
        verifier: response.verifier().parse().map_err(malformed)?,
    })
}

//! Sends parts that are sealed already: those of pipes and manifests.

use std::sync::Arc;

use sealdrop_api::uploads::PartToSign;

use super::multipart::MultipartUpload;
use crate::{
    engine::context::TransferContext,
    error::TransferError,
    platform::{Platform, part_job::SentPart},
};

/// Sends bytes that are sealed already until the bucket has them.
pub(crate) async fn send_sealed_part<P: Platform>(
    context: &TransferContext<'_, P>,
    upload: &MultipartUpload<'_>,
    part: u32,
    sealed: Vec<u8>,
    digests: Vec<[u8; 32]>,
) -> Result<(), TransferError> {
    let len = sealed.len() as u64;
    let sealed = Arc::new(sealed);
    let job = context.progress.borrow_mut().begin(Vec::new());
    let attempt = async || {
        let url = upload
            .address(context.platform, PartToSign { n: part, len }, core::iter::empty())
            .await?;
        match context.platform.send_sealed(&url, Arc::clone(&sealed)).await {
            Ok(etag) => Ok(etag),
            Err(error) => Err(upload.explain(context.platform, error).await),
        }
    };
    let etag = context
        .retry_moving(job, attempt, || upload.forget_address(part))
        .await?;
    upload.keep(part, SentPart { etag, digests });
    context.progress.borrow_mut().acknowledge(job);
    Ok(())
}

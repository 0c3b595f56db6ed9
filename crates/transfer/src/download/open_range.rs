//! One run of records, tried until it is here: what a download and a preview have in common.

use core::{cell::Cell, ops::Range};
use std::sync::Arc;

use sealdrop_api::uploads::strong_etag;
use sealdrop_crypto::{Kind, size};

use super::{claim::Claim, plan::content_of};
use crate::{
    engine::context::TransferContext,
    error::TransferError,
    item::ObjectRef,
    link::open::OpenedLink,
    platform::{
        Platform,
        chunk::Chunk,
        open_job::{OpenJob, OpenedHeader, OpenedRange},
    },
};

/// Opens records of an object of the link. `known` is what an earlier run of the object has read; the first has none and
/// starts at 0.
pub(crate) async fn open_records<P: Platform>(
    context: &TransferContext<'_, P>,
    link: &OpenedLink,
    claim: &Claim<'_>,
    index: usize,
    (records, known): (Range<u64>, Option<OpenedHeader>),
) -> Result<OpenedRange<P::Chunk>, TransferError> {
    let object: &ObjectRef = &link.objects[index];
    let job = context.progress.borrow_mut().begin(Vec::new());
    // What is gone or another stays so under a new address; a refusal may come from a wrong clock or a proxy.
    let is_gone = Cell::new(false);
    let attempt = async || {
        let place = claim.address(context.platform, index).await?;
        let job = OpenJob {
            url: place.url,
            etag: strong_etag(&place.etag),
            object_id: object.object_id,
            fek: Arc::clone(&object.fek),
            stream_len: object.stream_len,
            kind: Kind::Content,
            known,
            records: records.clone(),
        };
        let opened = context.platform.open_range(job, &|_| {}).await;
        opened.map_err(|error| match error {
            // Gone or another: a new address says whether the link ended.
            TransferError::Bucket {
                status: 404 | 412,
                code,
            } => {
                is_gone.set(true);
                TransferError::Bucket { status: 403, code }
            }
            other => other,
        })
    };
    let range = context
        .retry_moving(job, attempt, || claim.forget_address(index))
        .await
        .map_err(|error| match error {
            TransferError::Bucket { status: 416, .. } => TransferError::NotWhatWasSealed,
            TransferError::Bucket { status: 403, .. } if is_gone.get() => TransferError::NotWhatWasSealed,
            other => other,
        })?;
    context.progress.borrow_mut().acknowledge(job);
    check(link, object, &records, &range)?;
    Ok(range)
}

/// What the list and the lengths claim must fit what the object itself says.
fn check<C: Chunk>(
    link: &OpenedLink,
    object: &ObjectRef,
    records: &Range<u64>,
    range: &OpenedRange<C>,
) -> Result<(), TransferError> {
    let content_len = range.header.content_len;
    let start = content_of(records.start).min(content_len);
    let end = content_of(records.end).min(content_len);
    let size_fits = link.whole_size.is_none_or(|size| size == content_len);
    let right =
        content_len <= object.stream_len - size::PROLOGUE && range.content.len() as u64 == end - start && size_fits;
    if right {
        Ok(())
    } else {
        Err(TransferError::NotWhatWasSealed)
    }
}

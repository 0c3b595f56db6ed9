//! The list of files as an object of its own, where it is too long for a payload.

use std::sync::Arc;

use sealdrop_api::OwnerToken;
use sealdrop_crypto::{Kind, make_object};

use crate::{
    engine::context::TransferContext,
    error::{InvalidInput, TransferError},
    item::{Listing, MAX_MANIFEST_TEXT, ObjectRef},
    journal::{handle::JournalHandle, storage::Journal},
    platform::{Platform, object_plan::ObjectPlan},
    upload::{
        cleanup::CreatedResources, multipart::MultipartUpload, object::copy_fek, options::SendOptions,
        sealed_part::send_sealed_part,
    },
};

/// Seals and sends a list that is too long for a payload.
pub(super) async fn send_manifest<P: Platform, J: Journal>(
    context: &TransferContext<'_, P>,
    listing: &Listing,
    options: &SendOptions,
    token: &OwnerToken,
    created: &CreatedResources,
    journal: &JournalHandle<'_, J>,
) -> Result<ObjectRef, TransferError> {
    let text = listing.to_manifest_json();
    if text.len() > MAX_MANIFEST_TEXT {
        return Err(TransferError::InvalidInput(InvalidInput::ListSize));
    }
    let plan = ObjectPlan::new(make_object()?, text.len() as u64, Kind::Manifest, options.padding)?;
    created.objects.borrow_mut().push(plan.object_id());
    // A later run makes it anew and must find this one to remove it: a link takes all that its token reserved.
    journal.manifest(plan.object_id())?;
    journal.flush().await?;
    let (upload, _) = MultipartUpload::reserve(
        context,
        token,
        plan.object_id(),
        Some(plan.sealed_len()),
        plan.part_len(),
    )
    .await?;
    let send = async |part: u32| {
        let range = plan.content_of_part(part);
        let sealed = plan
            .writer()
            .seal_part(part, &text[range.start as usize..range.end as usize])?;
        send_sealed_part(context, &upload, part, sealed.bytes, sealed.digests).await
    };
    for part in 1..=plan.part_count() {
        send(part).await?;
    }
    upload.finish(context, plan.sealed_len(), send).await?;
    Ok(ObjectRef {
        object_id: plan.object_id(),
        fek: Arc::new(copy_fek(plan.identity().fek())?),
        tag_root: upload.tag_root(plan.sealed_len(), plan.part_len())?,
        stream_len: plan.writer().stream_len(),
    })
}

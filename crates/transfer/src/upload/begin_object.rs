//! An object before its first part: made new, or taken up where an earlier run left it.

use core::cell::Cell;
use std::{collections::BTreeMap, sync::Arc};

use sealdrop_api::{
    ObjectId, OwnerToken, ProblemType,
    uploads::{ListParts, UploadState, strong_etag},
};
use sealdrop_crypto::{Kind, Padding, make_object};
use sealdrop_model::UnfinishedSummary;

use super::{
    cleanup::CreatedResources,
    multipart::MultipartUpload,
    object::ObjectUpload,
    options::{SendFile, SendOptions},
    prepare::plan::PlannedObject,
};
use crate::{
    engine::context::TransferContext,
    error::TransferError,
    journal::{
        handle::JournalHandle,
        seal_budget::{GRANT, SealBudget},
        storage::Journal,
        unfinished::KeptObject,
    },
    names::bundle_name::bundle_name,
    platform::{Platform, object_plan::ObjectPlan, part_job::SentPart},
};

/// An object that was planned, the digest of what it is made of, and what an earlier run kept of it.
pub(crate) type Planned = (PlannedObject, [u8; 32], Option<KeptObject>);

/// Writes an object down, reserves it after that, and asks the bucket what it has of it already.
pub(crate) async fn begin_object<'a, P: Platform, J: Journal>(
    context: &TransferContext<'_, P>,
    journal: &JournalHandle<'_, J>,
    created: &CreatedResources,
    token: &'a OwnerToken,
    (planned, digest, kept): Planned,
) -> Result<ObjectUpload<'a>, TransferError> {
    let (content_len, padding) = (planned.content_len, planned.padding);
    if let Some(kept) = kept {
        let plan = ObjectPlan::new(kept.identity, content_len, Kind::Content, padding)?;
        let object_id = plan.object_id();
        plan.writer().count_earlier(kept.sealed);
        let is_left = SealBudget::is_left(&plan, kept.sealed);
        let (upload, state) =
            MultipartUpload::reserve(context, token, object_id, Some(plan.sealed_len()), plan.part_len()).await?;
        let all_known = kept.parts.len() == plan.part_count() as usize;
        let parts = match state {
            UploadState::Reserved => Some(BTreeMap::new()),
            UploadState::Uploading => Some(still_there(context, token, object_id, &plan, kept.parts).await?),
            // Past this the bucket shows no parts any more: what was written down must be all of them.
            UploadState::Completing | UploadState::Verifying | UploadState::Committed if all_known => Some(kept.parts),
            _ => None,
        };
        // A key that sealed all that it may: the object is made anew under another one.
        if let Some(parts) = parts.filter(|parts| is_left || parts.len() == plan.part_count() as usize) {
            let left = plan.part_count() - u32::try_from(parts.len()).unwrap_or(u32::MAX);
            parts.into_iter().for_each(|(n, sent)| upload.keep(n, sent));
            return Ok(ObjectUpload {
                left: Cell::new(left),
                committed: Cell::new(state == UploadState::Committed),
                plan: Arc::new(plan),
                planned,
                digest,
                upload,
                seal_budget: SealBudget::default(),
            });
        }
        discard_object(context, journal, created, token, object_id).await?;
    }
    let identity = make_object()?;
    journal
        .object(&identity, content_len, padding == Padding::Padded, &digest)
        .await?;
    let plan = ObjectPlan::new(identity, content_len, Kind::Content, padding)?;
    journal.sealing(plan.object_id(), GRANT)?;
    created.objects.borrow_mut().push(plan.object_id());
    // A link takes all that its token reserved: what a crash leaves on the server must be known here.
    journal.flush().await?;
    let (upload, _) = MultipartUpload::reserve(
        context,
        token,
        plan.object_id(),
        Some(plan.sealed_len()),
        plan.part_len(),
    )
    .await?;
    Ok(ObjectUpload {
        left: Cell::new(plan.part_count()),
        committed: Cell::new(false),
        plan: Arc::new(plan),
        planned,
        digest,
        upload,
        seal_budget: SealBudget::granted(GRANT),
    })
}

/// Removes an object whose key will not be used again, here and on the server.
pub(crate) async fn discard_object<P: Platform, J: Journal>(
    context: &TransferContext<'_, P>,
    journal: &JournalHandle<'_, J>,
    created: &CreatedResources,
    token: &OwnerToken,
    object_id: ObjectId,
) -> Result<(), TransferError> {
    journal.dropped(object_id)?;
    journal.flush().await?;
    let delete = sealdrop_api::uploads::DeleteUpload { object_id };
    match context.call(&delete, Some(token)).await {
        Ok(_) => {}
        // It is gone already, or on its way there.
        Err(error)
            if matches!(
                error.problem(),
                Some(ProblemType::UploadNotFound | ProblemType::UploadState)
            ) => {}
        Err(error) => return Err(error),
    }
    created.objects.borrow_mut().retain(|id| *id != object_id);
    Ok(())
}

/// The parts that the bucket lists as the journal knows them. Another attempt, or another length, is sent again.
async fn still_there<P: Platform>(
    context: &TransferContext<'_, P>,
    token: &OwnerToken,
    object_id: ObjectId,
    plan: &ObjectPlan,
    mut known: BTreeMap<u32, SentPart>,
) -> Result<BTreeMap<u32, SentPart>, TransferError> {
    let mut there = BTreeMap::new();
    let mut after = 0;
    loop {
        let page = context.call(&ListParts { object_id, after }, Some(token)).await?;
        for stored in page.parts {
            if (1..=plan.part_count()).contains(&stored.n)
                && stored.len == plan.sealed_part_len(stored.n)
                && let Some(sent) = known
                    .remove(&stored.n)
                    .filter(|sent| sent.etag == strong_etag(&stored.etag))
            {
                there.insert(stored.n, sent);
            }
        }
        match page.next {
            Some(next) if next > after => after = next,
            _ => return Ok(there),
        }
    }
}

/// What a person will recognise it by.
pub(crate) fn summarise<F>(files: &[SendFile<F>], options: &SendOptions, plain_bytes: u64) -> UnfinishedSummary {
    let given = options.name.clone().filter(|name| !name.is_empty());
    let name = || bundle_name(files.iter().map(|file| file.path.as_str()));
    UnfinishedSummary {
        name: given.clone().unwrap_or_else(name),
        title: given,
        files: files.len(),
        plain_bytes,
        origin: options.origin.clone(),
        note: options.note.clone(),
        expires_in: options.expires_in,
        max_downloads: options.max_downloads,
        has_password: options.password.as_ref().is_some_and(|password| !password.is_empty()),
    }
}

/// A file of the first object that nothing was kept of.
pub(crate) fn first_changed<F>(files: &[SendFile<F>], planned: &[Planned]) -> String {
    let fresh = planned.iter().find(|(_, _, kept)| kept.is_none());
    let run = fresh.and_then(|(object, ..)| object.sources(0..object.content_len).first().map(|run| run.file));
    files
        .get(run.unwrap_or(0))
        .map(|file| file.path.clone())
        .unwrap_or_default()
}

//! Removes what an upload created on the server.

use core::cell::{Cell, RefCell};

use sealdrop_api::{ObjectId, OwnerToken, ProblemType, links::RevokeLink, uploads::DeleteUpload};

use crate::{
    engine::{
        call::{call, call_once},
        context::TransferContext,
        retry::RetryPolicy,
    },
    error::TransferError,
    journal::unfinished::Unfinished,
    platform::Platform,
};

/// What this upload created on the server, to be removed if it fails.
#[derive(Default)]
pub(crate) struct CreatedResources {
    pub(crate) objects: RefCell<Vec<ObjectId>>,
    pub(crate) link: Cell<Option<sealdrop_api::LinkId>>,
}

impl CreatedResources {
    /// Discards it, as far as the server answers; the server's own reaper does the rest.
    pub(crate) async fn discard<P: Platform>(&self, context: &TransferContext<'_, P>, token: &OwnerToken) {
        if let Some(link_id) = self.link.get() {
            let revoke = RevokeLink { link_id };
            let _ = call_once(context.platform, &revoke, Some(token)).await;
        }
        let objects = self.objects.take();
        for some in objects.chunks(8) {
            let deleting = some.iter().map(async |object_id| {
                call_once(context.platform, &DeleteUpload { object_id: *object_id }, Some(token)).await
            });
            let results = futures::future::join_all(deleting).await;
            if results.contains(&Err(TransferError::Unreachable)) {
                return;
            }
        }
    }
}

/// Discards an unfinished upload without its files: its link, if it was asked for, and its objects. Repeating it is safe.
///
/// # Errors
/// [`TransferError::Unreachable`] and whatever the server answers otherwise; the journal should stay then.
pub async fn discard_upload<P: Platform>(platform: &P, unfinished: &Unfinished) -> Result<(), TransferError> {
    let token = Some(&unfinished.token);
    let gone = |error: TransferError| match error.problem() {
        Some(ProblemType::UploadNotFound | ProblemType::UploadState | ProblemType::LinkNotFound) => Ok(()),
        Some(
            ProblemType::LinkExpired | ProblemType::LinkRevoked | ProblemType::LinkRemoved | ProblemType::LinkExhausted,
        ) => Ok(()),
        _ => Err(error),
    };
    if let Some(link) = &unfinished.link {
        let link_id = link.request.link_id();
        let revoked = call(platform, &RevokeLink { link_id }, token, RetryPolicy::Interactive).await;
        revoked.map(drop).or_else(gone)?;
    }
    for object_id in unfinished.object_ids() {
        let deleted = call(platform, &DeleteUpload { object_id }, token, RetryPolicy::Interactive).await;
        deleted.map(drop).or_else(gone)?;
    }
    Ok(())
}

//! What is left behind on the server if nothing comes of a transfer.

use core::cell::{Cell, RefCell};

use sealdrop_api::{ObjectId, OwnerToken, uploads::DeleteUpload};

use crate::{
    engine::{call::call_once, context::TransferContext},
    error::TransferError,
    platform::Platform,
};

/// What exists on the server because of this transfer, to be removed if it does not come to its end.
#[derive(Default)]
pub(crate) struct Begun {
    pub(crate) objects: RefCell<Vec<ObjectId>>,
    pub(crate) link: Cell<Option<sealdrop_api::LinkId>>,
}

impl Begun {
    /// Removes it, as far as the server answers; the server's own reaper does the rest.
    pub(crate) async fn clean_up<P: Platform>(&self, context: &TransferContext<'_, P>, token: &OwnerToken) {
        if let Some(link_id) = self.link.get() {
            let revoke = sealdrop_api::links::RevokeLink { link_id };
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

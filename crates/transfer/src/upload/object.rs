//! An object between its plan and its place in the list of the link.

use core::cell::Cell;
use std::sync::Arc;

use super::{multipart::MultipartUpload, prepare::plan::PlannedObject};
use crate::{
    error::TransferError, item::ObjectRef, journal::seal_budget::SealBudget, platform::object_plan::ObjectPlan,
};

/// An object on its way, with the plan that it follows.
pub(crate) struct ObjectUpload<'a> {
    pub(crate) plan: Arc<ObjectPlan>,
    pub(crate) planned: PlannedObject,
    /// Of the files that it is made of, as they were at the start.
    pub(crate) digest: [u8; 32],
    pub(crate) upload: MultipartUpload<'a>,
    pub(crate) seal_budget: SealBudget,
    pub(crate) left: Cell<u32>,
    pub(crate) committed: Cell<bool>,
}

impl ObjectUpload<'_> {
    pub(crate) fn describe(&self) -> Result<ObjectRef, TransferError> {
        Ok(ObjectRef {
            object_id: self.plan.object_id(),
            fek: Arc::new(copy_fek(self.plan.identity().fek())?),
            tag_root: self.upload.tag_root(self.plan.sealed_len(), self.plan.part_len())?,
            stream_len: self.plan.writer().stream_len(),
        })
    }
}

/// A key on its way from the plan into the list of the link: the one place where it is copied.
pub(crate) fn copy_fek(fek: &sealdrop_crypto::Fek) -> Result<sealdrop_crypto::Fek, TransferError> {
    Ok(sealdrop_crypto::Fek::from_text(&fek.to_text())?)
}

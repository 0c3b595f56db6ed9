//! The claim of a visit for its previews.

use std::rc::Rc;

use sealdrop_transfer::PreviewClaim;
use wasm_bindgen_futures::spawn_local;

use crate::{
    platform::BrowserPlatform,
    split::{NotLoaded, split_point},
};

/// A visit's claim for what it looks at; given back when the visit is over.
#[derive(Debug)]
pub(in crate::facade) struct PreviewSession {
    link: Rc<sealdrop_transfer::OpenedLink>,
    pub(in crate::facade) claim: Option<Rc<PreviewClaim>>,
}

impl PreviewSession {
    pub(super) fn new(link: Rc<sealdrop_transfer::OpenedLink>) -> Self {
        let claim = PreviewClaim::new().ok().map(Rc::new);
        Self { link, claim }
    }
}

split_point!(preview: release(link: Rc<sealdrop_transfer::OpenedLink>, claim: Rc<PreviewClaim>) -> Result<(), NotLoaded>
    = async move { claim.release(&BrowserPlatform::new(), &link).await; Ok(()) });

impl Drop for PreviewSession {
    fn drop(&mut self) {
        let (link, claim) = (self.link.clone(), self.claim.take());
        if let Some(claim) = claim.filter(|claim| claim.is_taken()) {
            // What took it is here, so this comes.
            spawn_local(async move { drop(release(link, claim).await) });
        }
    }
}

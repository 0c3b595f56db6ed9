//! Every kind of job that there is.

use super::{forget_jobs, kind::Kind, reap, remove_link_objects};
use crate::service::Service;

/// All of them: a line each.
pub(super) fn registry(service: &Service) -> Vec<Kind> {
    let reap_every = service.inner.reap_every;
    vec![
        reap::links(reap_every),
        reap::uploads(reap_every),
        remove_link_objects::kind(),
        forget_jobs::kind(),
    ]
}

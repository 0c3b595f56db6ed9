//! Every kind of job that there is.

use std::time::Duration;

use super::{
    accounts::{compare_space, end_account, forget_auth},
    billing, forget_jobs,
    kind::Kind,
    links::forget_events,
    mails,
    notices::{daily, storage, tell, unused},
    reap, remove_link_objects,
};

/// The names of all kinds.
pub(crate) fn job_names() -> Vec<&'static str> {
    registry(Duration::ZERO).iter().map(|kind| kind.name).collect()
}

/// All of them: a line each. The reaper runs so often.
pub(super) fn registry(reap_every: Duration) -> Vec<Kind> {
    let mut kinds = vec![
        reap::links(reap_every),
        reap::uploads(reap_every),
        remove_link_objects::kind(),
        end_account::kind(),
        forget_jobs::kind(),
        mails::send::kind(),
        mails::forget::kind(),
        forget_auth::kind(),
        compare_space::kind(),
        tell::kind(),
        daily::kind(),
        unused::kind(),
        storage::kind(),
        forget_events::kind(),
        super::storage::kind(),
    ];
    kinds.extend(billing::kinds());
    kinds
}

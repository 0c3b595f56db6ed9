//! Layers around every route: what holds for all of them is said once, here.

pub(crate) mod arrivals;
pub(crate) mod auth_throttle;
pub(crate) mod authority;
pub(crate) mod bucket_client;
pub(crate) mod canonical;
pub(crate) mod cross_site;
pub(crate) mod csp;
pub(crate) mod failpoint;
pub(crate) mod headers;
pub(crate) mod host;
pub(crate) mod identify;
pub(crate) mod limits;
pub(crate) mod link_origin;
pub(crate) mod request_log;
pub(crate) mod visitor;

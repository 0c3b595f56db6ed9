//! The sections of the configuration, each with its settings.

pub(in crate::config) mod auth;
pub(in crate::config) mod bucket;
pub(in crate::config) mod database;
pub(in crate::config) mod http;
pub(in crate::config) mod limits;
pub(in crate::config) mod log;
pub(in crate::config) mod mail;
pub(in crate::config) mod metrics;
pub(in crate::config) mod payments;
pub(in crate::config) mod quota;
pub(in crate::config) mod redis;
pub(in crate::config) mod site;

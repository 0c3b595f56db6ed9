//! Everything the server does that is not HTTP: uploads, links, claims, expiry.
//!
//! [`Service`] has one method per route of `/api/v1`, and a few for the server's own life (jobs, readiness). Handlers and
//! server functions call the same method; no rule lives above this crate. SeaORM and the S3 client stay inside.
//!
//! What the crate promises: every external effect has its intent written first and is idempotent or checkable, so that a
//! crash at any step is finished by the next request or by the reaper; every request may be repeated, because ids come from
//! clients; and nothing here can read what it keeps, because the crate that seals is not in its dependencies.

mod audit;
mod auth;
mod billing;
mod brake;
mod bucket;
mod bucket_owner;
mod claims;
mod clients;
mod clock;
mod config;
mod error;
pub mod failpoint;
mod installation;
mod jobs;
mod links;
mod mails;
pub mod metrics;
mod notices;
mod origin;
mod plans;
mod proof;
mod readiness;
mod redis;
mod service;
mod steady;
mod store;
mod uploads;

pub use audit::{AuditLog, AuditRow, Operator};
pub use auth::{
    AccountWish, Asked, Asking, AuthConfig, AuthSecret, AuthSecretError, Caller, ClientHost, Credentials, Device,
    Renewed, SignUp, Signed, SignedIn, TokenWish, Told, UserAdmin, UserChange, UserDetails, UserKey, UserRow,
};
pub use billing::{
    Difference, DifferenceKind, NewPlan, NewPlanError, PaymentsAudit, PaymentsConfig, PlanAdmin, PlanChange, PlanRow,
    RefundAdmin, RefundChange, Seller,
};
pub use bucket::{BucketProbe, ProbeError};
pub use clients::ClientTag;
pub use clock::{Clock, SystemClock};
pub use config::{BucketConfig, DatabaseConfig, FreeSpace, PolicyLimits, PublicEndpoint, ServiceConfig};
pub use error::{InternalError, ServiceError, StartError};
pub use jobs::{JobChange, JobQueue, JobRow, Reaped};
pub use links::{LinkAdmin, LinkOwner, Takedown};
pub use mails::{HeldAddress, MailEvent, MailEventKind, MailReason, MailRow, MailState, NewMail, Outbox};
pub use notices::UNSUBSCRIBE_PATH;
pub use origin::{InvalidOrigin, Origin};
pub use readiness::{ClockState, Readiness};
pub use redis::{RedisConfig, SharedLimit};
pub use service::Service;
pub use uploads::{StorageReport, VerifyDepth};

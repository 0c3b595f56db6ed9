//! The wire contract between clients and server.
//!
//! Every route of `/api/v1` is one type that implements [`Endpoint`]: browser, command line and server share its method,
//! path, body and answer, so they cannot drift apart. What goes wrong travels as a [`Problem`] (RFC 9457) whose `type` is
//! one of the closed set [`ProblemType`].
//!
//! This room knows ids, lengths and instants. It does not know keys: no type here can hold one, except the bearer secrets that a
//! client hands to the server on purpose ([`OwnerToken`] in a header, [`LinkAuth`] in a body, and those of a user); all are
//! redacted in `Debug`.

pub mod account;
pub mod auth;
mod base64url;
pub mod billing;
pub mod claims;
mod endpoint;
pub mod export;
mod ids;
mod integer;
pub mod limits;
pub mod links;
pub mod mail_events;
mod problem;
mod secrets;
mod texts;
pub mod uploads;

pub use base64url::SealedBytes;
pub use endpoint::{Endpoint, Method, NoBody};
pub use ids::{ClaimId, InvalidId, InvoiceId, LinkId, LinkSeed, ObjectId, OrderId, SessionId, TokenId};
pub use limits::{GetLimits, Limits};
pub use problem::{LimitKind, PartNeeded, Problem, ProblemType};
pub use secrets::{AccessToken, Challenge, DeviceMark, LinkAuth, OwnerToken, SessionToken, Verifier};
pub use texts::{CodeText, EmailText};

/// The header that carries the owner token of a transfer: 43 base64url characters.
pub const TOKEN_HEADER: &str = "sealdrop-token";
/// Everything below this path is the documented API.
pub const API_PREFIX: &str = "/api/v1";
/// The media type of problems (RFC 9457).
pub const PROBLEM_JSON: &str = "application/problem+json";

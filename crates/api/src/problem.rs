//! Problems: what goes wrong, as RFC 9457 problem details whose `type` is one of a closed set.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::account::Scope;

/// Start of every problem's `type`.
const URN: &str = "urn:sealdrop:problem:";

macro_rules! problem_types {
    ($($(#[$doc:meta])* $name:ident, $slug:literal, $status:literal, $title:literal;)*) => {
        /// Everything that the API may say went wrong. Clients branch on this and on nothing else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[non_exhaustive]
        pub enum ProblemType { $($(#[$doc])* #[cfg_attr(feature = "openapi", schema(rename = $slug))] $name,)* }

        impl ProblemType {
            /// Every type there is.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name at the end of the URN; also what pages carry in `data-problem`.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug),* }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status),* }
            }

            /// Its title for people, without the particulars of the case.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),* }
            }
        }
    };
}

problem_types! {
    /// No such link, or the bearer or token does not fit: the same answer on purpose.
    LinkNotFound, "link-not-found", 404, "This link does not exist or has expired.";
    /// The link's time is over.
    LinkExpired, "link-expired", 410, "This link has expired.";
    /// The link's downloads are used.
    LinkExhausted, "link-exhausted", 410, "This link has reached its download limit.";
    /// The owner closed the link.
    LinkRevoked, "link-revoked", 410, "The sender turned this link off.";
    /// The operator of the server removed the link, and its files with it.
    LinkRemoved, "link-removed", 410, "The operator of this server removed this link.";
    /// The owner has paused the link: it opens again when they go on.
    LinkPaused, "link-paused", 409, "The sender has paused this link.";
    /// Every place that is left is leased to a running download; `Retry-After` says when the first lease ends.
    LinkBusy, "link-busy", 409, "All downloads of this link are in use.";
    /// The link id is taken by another link.
    LinkExists, "link-exists", 409, "Another link has this id.";
    /// The payload changed meanwhile: another revision is the newest.
    RevConflict, "rev-conflict", 409, "The link was changed elsewhere.";
    /// No such claim under this link.
    ClaimNotFound, "claim-not-found", 404, "This claim does not exist.";
    /// The claim has ended and cannot go on.
    ClaimEnded, "claim-ended", 409, "This claim has ended.";
    /// No such upload, or the token does not fit.
    UploadNotFound, "upload-not-found", 404, "This upload does not exist.";
    /// The object id was used before.
    ObjectExists, "object-exists", 409, "This object id was used before.";
    /// The upload is not in a state in which this can be done.
    UploadState, "upload-state", 409, "The upload is in a different state.";
    /// Uploads of this token are not committed yet, or there is none.
    UploadsUnfinished, "uploads-unfinished", 409, "Not every upload is finished.";
    /// The bucket does not hold the parts that the client means; `parts` names those to send again.
    PartsDiffer, "parts-differ", 409, "Some parts must be sent again.";
    /// What arrived is not a sealed object as announced; it was removed.
    UploadRefused, "upload-refused", 422, "The uploaded data is not what was announced.";
    /// A length or number is over the operator's limit.
    TooLarge, "too-large", 413, "This is over the limit of this server.";
    /// The user's account has no room for it; `used` and `limit` say what it holds and may hold.
    QuotaExceeded, "quota-exceeded", 413, "Your account has no space left for this.";
    /// The server's disk has no room for it.
    StorageFull, "storage-full", 507, "The server has no space left.";
    /// This server takes nothing from people without an account.
    GuestsOff, "guests-off", 403, "Sending to this server needs an account.";
    /// The token header is missing or malformed.
    TokenMissing, "token-missing", 401, "The header Sealdrop-Token is missing or malformed.";
    /// Nobody is signed in: no session, no access token, or one that has ended.
    Unauthenticated, "unauthenticated", 401, "Sign in first.";
    /// The code is another one; `tries_left` says how often another may be tried.
    CodeWrong, "code-wrong", 401, "This code is not right.";
    /// The code has been used, has expired, was tried too often, or was never asked for here.
    CodeEnded, "code-ended", 410, "This code has ended. Ask for a new one.";
    /// For this the user has to show again that it is them.
    StepUpNeeded, "step-up-needed", 403, "Confirm first that it is you.";
    /// The access token may not do this; `scope` names what it lacks.
    Scope, "scope", 403, "This access token may not do this.";
    /// The new address is another account's. Who shows the code that was sent there may know it.
    EmailTaken, "email-taken", 409, "Another account has this e-mail address.";
    /// The user has no such session.
    SessionNotFound, "session-not-found", 404, "This session does not exist.";
    /// The user has no such access token.
    AccessTokenNotFound, "access-token-not-found", 404, "This access token does not exist.";
    /// No such plan is sold here, or the user does not have it.
    PlanNotFound, "plan-not-found", 404, "This plan is not offered.";
    /// The user has no such order.
    OrderNotFound, "order-not-found", 404, "This order does not exist.";
    /// The order was paid: it cannot be cancelled any more.
    OrderPaid, "order-paid", 409, "This order was paid.";
    /// The user has no such invoice.
    InvoiceNotFound, "invoice-not-found", 404, "This invoice does not exist.";
    /// The request is malformed; `detail` says how.
    InvalidRequest, "invalid-request", 400, "The request is malformed.";
    /// A page of another site sent it, by its visitor's browser.
    CrossSite, "cross-site", 403, "This request came from a page of another site.";
    /// The body is larger than its route takes.
    BodyTooLarge, "body-too-large", 413, "The body of the request is too large.";
    /// No such route.
    NotFound, "not-found", 404, "Not found.";
    /// The route does not know the method.
    MethodNotAllowed, "method-not-allowed", 405, "This method is not allowed.";
    /// Too many requests; `Retry-After` says when to come back.
    TooManyRequests, "too-many-requests", 429, "Too many requests.";
    /// Database or bucket cannot be reached; `Retry-After` says when to come back.
    Unavailable, "unavailable", 503, "The service is temporarily unavailable.";
    /// A fault of the server, without its cause.
    Internal, "internal", 500, "The server had an internal error.";
}

impl Serialize for ProblemType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{URN}{}", self.slug()))
    }
}

impl<'de> Deserialize<'de> for ProblemType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::ALL
            .iter()
            .copied()
            .find(|one| text.strip_prefix(URN) == Some(one.slug()))
            .ok_or_else(|| D::Error::custom("unknown problem type"))
    }
}

/// The limit that a request has reached. Clients have the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LimitKind {
    /// Sealed bytes of a link.
    LinkBytes,
    /// Objects of a link.
    LinkObjects,
    /// Sealed bytes of an object.
    ObjectBytes,
    /// Seconds until a link expires, at most.
    ExpiresIn,
    /// Seconds until a link expires, at least.
    MinExpiresIn,
    /// Downloads of a link.
    Downloads,
    /// Unfinished uploads of a client's network.
    OpenUploads,
    /// Bytes that a client's network holds addresses for and has not sent.
    SignedBytes,
    /// Previews of a link.
    Previews,
    /// Access tokens of a user.
    AccessTokens,
    /// A limit that this version does not know.
    #[serde(other)]
    Unknown,
}

/// Problem details (RFC 9457), `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[error("{title}")]
pub struct Problem {
    /// What it is; `urn:sealdrop:problem:` and a name.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "urn:sealdrop:problem:link-expired"))]
    pub kind: ProblemType,
    /// The HTTP status.
    pub status: u16,
    /// What it says to a person.
    pub title: String,
    /// The particulars of this case, in English and for developers: what a user has to know has members of its own. Never
    /// anything secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// With `link-expired`, `link-exhausted`, `link-revoked`: when the link ended.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "time::serde::rfc3339::option"
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub ended_at: Option<time::OffsetDateTime>,
    /// With `link-exhausted`: until when its owner may allow more downloads; absent when the files are deleted.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "time::serde::rfc3339::option"
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub revivable_until: Option<time::OffsetDateTime>,
    /// With `too-large`: the limit, in the unit of `limit_kind`. With `quota-exceeded`: sealed bytes that the account may hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// With `quota-exceeded`: sealed bytes that the account holds, with those that are reserved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<u64>,
    /// With `too-large` and `too-many-requests`: which limit was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_kind: Option<LimitKind>,
    /// With `parts-differ`: the parts to send again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartNeeded>,
    /// With `code-wrong`: how many codes may still be tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tries_left: Option<u32>,
    /// With `scope`: the scope that is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
}

/// A part that the bucket lacks, or holds differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartNeeded {
    /// Its number, from 1.
    pub n: u32,
}

impl Problem {
    /// A problem with nothing but its type.
    #[must_use]
    pub fn new(kind: ProblemType) -> Self {
        Self {
            kind,
            status: kind.status(),
            title: kind.title().to_owned(),
            detail: None,
            ended_at: None,
            revivable_until: None,
            limit: None,
            used: None,
            limit_kind: None,
            parts: Vec::new(),
            tries_left: None,
            scope: None,
        }
    }

    /// `code-wrong`.
    #[must_use]
    pub fn code_wrong(tries_left: u32) -> Self {
        Self {
            tries_left: Some(tries_left),
            ..Self::new(ProblemType::CodeWrong)
        }
    }

    /// `scope`: an access token lacks this one.
    #[must_use]
    pub fn scope(missing: Scope) -> Self {
        Self {
            scope: Some(missing),
            ..Self::new(ProblemType::Scope)
        }
    }

    /// `too-large`: over a limit, which is in the unit of its kind.
    #[must_use]
    pub fn too_large(kind: LimitKind, limit: u64) -> Self {
        Self {
            limit: Some(limit),
            limit_kind: Some(kind),
            ..Self::new(ProblemType::TooLarge)
        }
    }

    /// `quota-exceeded`: an account holds `used` of `quota` sealed bytes, and what was asked for does not fit beside it.
    #[must_use]
    pub fn quota_exceeded(used: u64, quota: u64) -> Self {
        Self {
            limit: Some(quota),
            used: Some(used),
            ..Self::new(ProblemType::QuotaExceeded)
        }
    }

    /// `too-many-requests`, because a limit other than that of the rate is reached.
    #[must_use]
    pub fn too_many(kind: LimitKind) -> Self {
        Self {
            limit_kind: Some(kind),
            ..Self::new(ProblemType::TooManyRequests)
        }
    }

    /// The same with particulars.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

impl From<ProblemType> for Problem {
    fn from(kind: ProblemType) -> Self {
        Self::new(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_travel() {
        for (i, one) in ProblemType::ALL.iter().enumerate() {
            assert!(ProblemType::ALL[i + 1..].iter().all(|other| other.slug() != one.slug()));
            let text = serde_json::to_string(&Problem::new(*one)).expect("a problem is plain JSON");
            assert!(
                text.contains(&format!("\"type\":\"urn:sealdrop:problem:{}\"", one.slug())),
                "{text}"
            );
            assert_eq!(
                serde_json::from_str::<Problem>(&text).expect("and reads back").kind,
                *one
            );
        }
    }

    #[test]
    fn a_limit_travels_and_a_newer_one_is_unknown() {
        let problem = Problem::too_large(LimitKind::MinExpiresIn, 60);
        let text = serde_json::to_string(&problem).expect("a problem is plain JSON");
        assert!(text.ends_with(r#""limit":60,"limit_kind":"min-expires-in"}"#), "{text}");
        assert_eq!(serde_json::from_str::<Problem>(&text).expect("and reads back"), problem);
        let newer = text.replace("min-expires-in", "rainbows");
        let newer: Problem = serde_json::from_str(&newer).expect("a newer limit is read");
        assert_eq!((newer.limit, newer.limit_kind), (Some(60), Some(LimitKind::Unknown)));
    }

    #[test]
    fn an_unknown_type_is_no_problem_of_ours() {
        assert!(serde_json::from_str::<ProblemType>("\"urn:sealdrop:problem:oops\"").is_err());
        assert!(serde_json::from_str::<ProblemType>("\"link-expired\"").is_err());
    }
}

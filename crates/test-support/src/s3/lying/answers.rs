//! What the lying server says in place of the bucket behind it, and what it adds.

use std::time::{Duration, SystemTime};

use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;

use super::lie::{Liar, Lie, Right};
use crate::held;

/// What a request is about.
pub(super) struct Asked {
    pub(super) method: String,
    query: Vec<String>,
    is_bucket: bool,
    pub(super) is_signed: bool,
    origin: Option<String>,
    /// Of a preflight.
    wanted: Option<(String, Vec<String>)>,
    has_sum: bool,
}

impl Asked {
    pub(super) fn of(request: &Request) -> Self {
        let query = request.uri().query().unwrap_or_default();
        let query: Vec<String> = query
            .split('&')
            .map(|pair| pair.split('=').next().unwrap_or_default().to_owned())
            .collect();
        let text = |name: &str| text(request.headers(), name);
        let wanted = text("access-control-request-method").map(|method| {
            let headers = text("access-control-request-headers").unwrap_or_default();
            (
                method,
                headers
                    .split(',')
                    .filter(|name| !name.is_empty())
                    .map(ToOwned::to_owned)
                    .collect(),
            )
        });
        let is_sum = |name: &str| name.to_ascii_lowercase().contains("checksum");
        Self {
            method: request.method().as_str().to_owned(),
            is_bucket: request.uri().path().trim_matches('/').split('/').count() == 1,
            is_signed: query.iter().any(|name| name == "X-Amz-Signature")
                || request.headers().contains_key(header::AUTHORIZATION),
            origin: text("origin"),
            wanted,
            has_sum: query.iter().any(|name| is_sum(name))
                || request.headers().keys().any(|name| is_sum(name.as_str())),
            query,
        }
    }

    fn has(&self, name: &str) -> bool {
        self.query.iter().any(|one| one == name)
    }

    /// The right that it needs.
    fn right(&self) -> Option<Right> {
        let is_rules = self.has("cors") || self.has("lifecycle") || self.has("versioning");
        Some(match (self.method.as_str(), self.is_bucket) {
            ("GET", true) if is_rules => Right::ReadRules,
            ("PUT", true) if is_rules => Right::SetRules,
            ("GET", true) if self.has("uploads") => Right::ListUploads,
            ("GET" | "HEAD", true) => Right::List,
            ("GET", false) if self.has("uploadId") => Right::ListParts,
            ("GET" | "HEAD", false) => Right::Get,
            ("PUT", false) if self.has("partNumber") => Right::Multipart,
            ("POST", false) => Right::Multipart,
            ("PUT", false) => Right::Put,
            ("DELETE", false) if self.has("uploadId") => Right::Abort,
            ("DELETE", false) => Right::Delete,
            _ => return None,
        })
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(ToOwned::to_owned)
}

fn error(status: StatusCode, code: &str, message: &str, more: &str) -> Response {
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message>{more}</Error>");
    (status, [("content-type", "application/xml")], body).into_response()
}

/// An answer that the bucket does not give.
pub(super) fn instead(liar: &Liar, asked: &Asked, body: &Bytes) -> Option<Response> {
    if asked.wanted.is_some() {
        return Some(preflight(liar, asked));
    }
    let right = asked.right();
    let is_complete = asked.method == "POST" && asked.has("uploadId");
    match liar.lie {
        Lie::Public if !asked.is_signed && asked.is_bucket => {
            return Some("<?xml version=\"1.0\"?><ListBucketResult></ListBucketResult>".into_response());
        }
        Lie::Public if !asked.is_signed => return Some("bytes".into_response()),
        _ if !asked.is_signed => return Some(error(StatusCode::FORBIDDEN, "AccessDenied", "Access Denied", "")),
        Lie::Refuses(rights) if right.is_some_and(|right| rights.contains(&right)) => {
            return Some(error(StatusCode::FORBIDDEN, "AccessDenied", "Access Denied", ""));
        }
        Lie::NoComplete if is_complete => {
            return Some(error(
                StatusCode::BAD_REQUEST,
                "InvalidPart",
                "All non-trailing parts must have the same length.",
                "",
            ));
        }
        Lie::BrokenComplete if is_complete => {
            return Some(error(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", "broken", ""));
        }
        Lie::KeepsAll if right == Some(Right::Delete) => return Some(StatusCode::NO_CONTENT.into_response()),
        Lie::Region => {
            let said = "The authorization header is malformed; the region is wrong";
            let more = "<Region>eu-central-1</Region>";
            return Some(error(
                StatusCode::BAD_REQUEST,
                "AuthorizationHeaderMalformed",
                said,
                more,
            ));
        }
        Lie::WantsSums if right == Some(Right::Put) && !asked.has_sum => {
            let said = "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters";
            return Some(error(StatusCode::BAD_REQUEST, "InvalidRequest", said, ""));
        }
        Lie::RefusesSums if asked.has_sum => {
            return Some(error(
                StatusCode::BAD_REQUEST,
                "InvalidArgument",
                "Unsupported header x-amz-checksum received",
                "",
            ));
        }
        _ => {}
    }
    rules(liar, asked, body)
}

/// Its rules, which can be read and set.
fn rules(liar: &Liar, asked: &Asked, body: &Bytes) -> Option<Response> {
    if !asked.is_bucket {
        return None;
    }
    let mut rules = held(&liar.rules);
    if asked.has("versioning") {
        let status = if rules.is_versioned {
            "<Status>Enabled</Status>"
        } else {
            ""
        };
        return Some(format!("<VersioningConfiguration>{status}</VersioningConfiguration>").into_response());
    }
    let (kept, none) = if asked.has("cors") {
        (&mut rules.cors, "NoSuchCORSConfiguration")
    } else if asked.has("lifecycle") {
        (&mut rules.lifecycle, "NoSuchLifecycleConfiguration")
    } else {
        return None;
    };
    if asked.method == "PUT" {
        *kept = String::from_utf8_lossy(body).into_owned();
        return Some(StatusCode::OK.into_response());
    }
    Some(if kept.is_empty() {
        error(StatusCode::NOT_FOUND, none, "There is none", "")
    } else {
        kept.clone().into_response()
    })
}

fn texts(xml: &str, name: &str) -> Vec<String> {
    let open = format!("<{name}>");
    let pieces = xml.split(&open).skip(1);
    pieces
        .filter_map(|piece| piece.split('<').next())
        .map(ToOwned::to_owned)
        .collect()
}

/// The first rule that lets this origin use this method with these headers.
fn rule(liar: &Liar, origin: &str, method: &str, headers: &[String]) -> Option<String> {
    let cors = held(&liar.rules).cors.clone();
    let fits = |rule: &&str| {
        let allowed = texts(rule, "AllowedHeader");
        texts(rule, "AllowedOrigin")
            .iter()
            .any(|one| one == "*" || one == origin)
            && texts(rule, "AllowedMethod").iter().any(|one| one == method)
            && headers
                .iter()
                .all(|name| allowed.iter().any(|one| one == "*" || one == name))
    };
    cors.split("<CORSRule>").skip(1).find(fits).map(ToOwned::to_owned)
}

fn preflight(liar: &Liar, asked: &Asked) -> Response {
    let (Some(origin), Some((method, headers))) = (&asked.origin, &asked.wanted) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match rule(liar, origin, method, headers) {
        None => error(
            StatusCode::FORBIDDEN,
            "AccessForbidden",
            "CORSResponse: This CORS request is not allowed.",
            "",
        ),
        Some(rule) => [
            ("access-control-allow-origin", origin.clone()),
            ("access-control-allow-methods", texts(&rule, "AllowedMethod").join(", ")),
            ("access-control-allow-headers", headers.join(", ")),
        ]
        .into_response(),
    }
}

/// Takes away what it does not look at.
pub(super) fn blind(liar: &Liar, request: &mut Request) {
    let blind_to = match liar.lie {
        Lie::NoRange => header::RANGE,
        Lie::NoIfMatch => header::IF_MATCH,
        _ => return,
    };
    request.headers_mut().remove(blind_to);
}

/// Adds what pages may read, and the time that it thinks it is.
pub(super) fn after(liar: &Liar, asked: &Asked, response: &mut Response) {
    let mut add = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    };
    if let (Some(origin), None) = (&asked.origin, &asked.wanted) {
        if liar.lie == Lie::Credentials {
            add("access-control-allow-credentials", "true");
            add("access-control-allow-origin", origin);
            add("access-control-expose-headers", "ETag");
        } else if let Some(rule) = rule(liar, origin, &asked.method, &[]) {
            add("access-control-allow-origin", origin);
            add(
                "access-control-expose-headers",
                &texts(&rule, "ExposeHeader").join(", "),
            );
        }
    }
    if let Lie::Clock(ahead) = liar.lie {
        #[expect(
            clippy::disallowed_methods,
            reason = "a clock that is off is off from this machine's"
        )]
        let now = SystemTime::now();
        let theirs = if ahead >= 0 {
            now + Duration::from_secs(ahead.unsigned_abs())
        } else {
            now - Duration::from_secs(ahead.unsigned_abs())
        };
        if let Ok(date) = DateTime::from(theirs).fmt(DateTimeFormat::HttpDate) {
            add("date", &date);
        }
    }
}

//! Problems as HTTP responses (RFC 9457): every refusal of this server.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use sealdrop_api::{PROBLEM_JSON, Problem, ProblemType};
use sealdrop_service::ServiceError;

/// Default of `Retry-After`.
const COME_BACK_IN: Duration = Duration::from_secs(2);

/// An error response: the problem, and when to retry if that makes sense.
#[derive(Debug)]
pub(crate) struct ProblemResponse {
    problem: Box<Problem>,
    retry_after: Option<Duration>,
}

/// Result of a handler.
pub(crate) type Answer<T> = Result<T, ProblemResponse>;

impl ProblemResponse {
    /// A refusal with an exact time to come back.
    #[must_use]
    pub(crate) fn later(kind: ProblemType, retry_after: Duration) -> Self {
        Self {
            problem: Box::new(kind.into()),
            retry_after: Some(retry_after),
        }
    }

    /// A malformed request. `detail` must not quote the request.
    #[must_use]
    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Problem::new(ProblemType::InvalidRequest).with_detail(detail).into()
    }
}

impl From<Problem> for ProblemResponse {
    fn from(problem: Problem) -> Self {
        Self {
            problem: Box::new(problem),
            retry_after: None,
        }
    }
}

impl From<ProblemType> for ProblemResponse {
    fn from(kind: ProblemType) -> Self {
        Problem::new(kind).into()
    }
}

impl From<ServiceError> for ProblemResponse {
    fn from(error: ServiceError) -> Self {
        if let ServiceError::Internal(inside) = &error {
            tracing::error!(error = %inside, "an operation failed");
        }
        let retry_after = error.retry_after();
        Self {
            problem: Box::new(error.into_problem()),
            retry_after,
        }
    }
}

impl IntoResponse for ProblemResponse {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let waits = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
        let retry_after = self.retry_after.or_else(|| waits.then_some(COME_BACK_IN));
        let mut response = (status, axum::Json(&self.problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(wait) = retry_after {
            // Rounded up, so that a client that comes back at that second is not early.
            headers.insert(
                header::RETRY_AFTER,
                HeaderValue::from(wait.as_secs() + u64::from(wait.subsec_nanos() > 0)),
            );
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_come_back_is_told_when() {
        for kind in ProblemType::ALL {
            let response = ProblemResponse::from(*kind).into_response();
            assert_eq!(response.status().as_u16(), kind.status());
            assert_eq!(response.headers()[header::CONTENT_TYPE], PROBLEM_JSON);
            let waits = matches!(kind.status(), 429 | 503);
            assert_eq!(
                response.headers().contains_key(header::RETRY_AFTER),
                waits,
                "{}",
                kind.slug()
            );
        }
        let later = ProblemResponse::later(ProblemType::TooManyRequests, Duration::from_millis(2_100)).into_response();
        assert_eq!(later.headers()[header::RETRY_AFTER], "3");
    }
}

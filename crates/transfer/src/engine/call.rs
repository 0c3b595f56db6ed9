//! One request to the API as one typed call: repeated where repeating helps, because every request may be.

use sealdrop_api::{Endpoint, OwnerToken, Problem};

use super::retry::{RetryPolicy, retry};
use crate::{
    error::{DeviceFault, TransferError},
    platform::{
        Platform,
        request::{ApiRequest, ApiResponse, JsonBody},
    },
};

/// Calls once.
///
/// # Errors
/// [`TransferError::Unreachable`], [`TransferError::Problem`], or [`TransferError::Status`] for an answer that is not
/// of this API.
pub async fn call_once<P: Platform, E: Endpoint>(
    platform: &P,
    endpoint: &E,
    token: Option<&OwnerToken>,
) -> Result<E::Response, TransferError> {
    read_answer(&send(platform, &write(endpoint, token)?).await?)
}

/// Calls until it is answered, as often as `policy` says.
///
/// # Errors
/// As [`call_once`]: the last one.
pub async fn call<P: Platform, E: Endpoint>(
    platform: &P,
    endpoint: &E,
    token: Option<&OwnerToken>,
    policy: RetryPolicy,
) -> Result<E::Response, TransferError> {
    let request = write(endpoint, token)?;
    read_answer(&retry(&platform, policy, async || send(platform, &request).await).await?)
}

/// The request of a call. What sends it, and sends it again, knows no types: it is there once and not once for each.
pub(crate) fn write<E: Endpoint>(endpoint: &E, token: Option<&OwnerToken>) -> Result<ApiRequest, TransferError> {
    let body = match E::METHOD.has_body() {
        true => {
            let text = serde_json::to_string(endpoint.body())
                .map_err(|_| TransferError::device(DeviceFault::Internal, "request body"))?;
            Some(JsonBody(text))
        }
        false => None,
    };
    Ok(ApiRequest {
        method: E::METHOD,
        path: endpoint.path(),
        token: token.cloned(),
        body,
    })
}

/// Sends a request once.
pub(crate) async fn send<P: Platform>(platform: &P, request: &ApiRequest) -> Result<ApiResponse, TransferError> {
    accept(platform.request(request.clone()).await?)
}

/// An answer is one of success; what else a server says is an error.
fn accept(answer: ApiResponse) -> Result<ApiResponse, TransferError> {
    let (status, retry_after) = (answer.status, answer.retry_after.map(core::time::Duration::from_secs));
    if (200..300).contains(&status) {
        return Ok(answer);
    }
    Err(match serde_json::from_slice::<Problem>(&answer.body) {
        Ok(problem) => TransferError::Problem {
            problem: Box::new(problem),
            retry_after,
        },
        Err(_) => TransferError::Status { status, retry_after },
    })
}

/// Reads what a call was answered.
pub(crate) fn read_answer<T: serde::de::DeserializeOwned>(answer: &ApiResponse) -> Result<T, TransferError> {
    let body: &[u8] = if answer.body.is_empty() { b"null" } else { &answer.body };
    serde_json::from_slice(body).map_err(|_| TransferError::Status {
        status: answer.status,
        retry_after: None,
    })
}

#[cfg(test)]
mod tests {
    use sealdrop_api::{NoBody, ProblemType, limits::Limits};

    use super::*;

    fn answer(status: u16, body: &str) -> ApiResponse {
        ApiResponse {
            status,
            retry_after: Some(3),
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn answers_become_values_or_named_errors() {
        let empty = accept(answer(204, "")).expect("success");
        assert_eq!(read_answer::<NoBody>(&empty), Ok(NoBody));
        let problem = serde_json::to_string(&Problem::new(ProblemType::LinkBusy)).expect("a problem is JSON");
        let error = accept(answer(409, &problem)).expect_err("a problem is an error");
        assert_eq!(error.problem(), Some(ProblemType::LinkBusy));
        let proxy = accept(answer(502, "<html>")).expect_err("a proxy's page is an error");
        assert!(matches!(
            proxy,
            TransferError::Status {
                status: 502,
                retry_after: Some(_)
            }
        ));
        assert!(matches!(
            read_answer::<Limits>(&answer(200, "<html>")),
            Err(TransferError::Status { status: 200, .. })
        ));
    }
}

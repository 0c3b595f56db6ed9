//! A request to the API, by `fetch`.

use futures::{
    future::{Either, select},
    pin_mut,
};
use gloo_net::http::{Method as GlooMethod, RequestBuilder};
use gloo_timers::future::TimeoutFuture;
use sealdrop_api::{Method, TOKEN_HEADER};
use sealdrop_transfer::{ApiRequest, ApiResponse, DeviceFault, TransferError};
use web_sys::{AbortController, ReferrerPolicy, RequestCache, RequestCredentials};

/// Milliseconds after which a request to the API counts as unanswered.
const ANSWERED_WITHIN: u32 = 60_000;

/// Does what [`Platform::request`](sealdrop_transfer::Platform::request) says.
pub(super) async fn request(request: ApiRequest) -> Result<ApiResponse, TransferError> {
    let aborter = Aborter::new()?;
    let method = match request.method {
        Method::Get => GlooMethod::GET,
        Method::Post => GlooMethod::POST,
        Method::Patch => GlooMethod::PATCH,
        Method::Delete => GlooMethod::DELETE,
    };
    // Given as one text, the query gets an empty parameter behind it. Ours are numbers: nothing of them is encoded twice.
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let mut builder = RequestBuilder::new(path)
        .query(query.split('&').filter_map(|one| one.split_once('=')))
        .method(method)
        .cache(RequestCache::NoStore)
        .credentials(RequestCredentials::SameOrigin)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .abort_signal(Some(&aborter.0.signal()));
    if let Some(token) = &request.token {
        builder = builder.header(TOKEN_HEADER, &token.expose());
    }
    let broken = |_| TransferError::device(DeviceFault::Internal, "Request");
    let built = match request.body {
        Some(body) => builder
            .header("content-type", "application/json")
            .body(body.0)
            .map_err(broken)?,
        None => builder.build().map_err(broken)?,
    };
    let answer = async {
        let response = built.send().await.map_err(|_| TransferError::Unreachable)?;
        let retry_after = response
            .headers()
            .get("retry-after")
            .and_then(|text| text.trim().parse().ok());
        let body = response.binary().await.map_err(|_| TransferError::Unreachable)?;
        Ok(ApiResponse {
            status: response.status(),
            retry_after,
            body,
        })
    };
    let patience = TimeoutFuture::new(ANSWERED_WITHIN);
    pin_mut!(answer, patience);
    match select(answer, patience).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(TransferError::Unreachable),
    }
}

/// Aborts a request whose future is dropped.
struct Aborter(AbortController);

impl Aborter {
    fn new() -> Result<Self, TransferError> {
        AbortController::new()
            .map(Self)
            .map_err(|_| TransferError::device(DeviceFault::Internal, "AbortController"))
    }
}

impl Drop for Aborter {
    fn drop(&mut self) {
        self.0.abort();
    }
}

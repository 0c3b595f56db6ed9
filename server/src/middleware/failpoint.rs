//! The failpoint `drop-response`, in test builds: an answer of the API that the client does not get to hear.

use axum::{body::Body, extract::Request, middleware::Next, response::Response};

/// Cuts off the answer if a failpoint on its way asked for that.
pub(crate) async fn cut_off(request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let answer = next.run(request).await;
    if !is_api || !sealdrop_service::failpoint::take_drop() {
        return answer;
    }
    let nothing = futures::stream::once(std::future::ready(Err::<bytes::Bytes, _>(std::io::Error::other(
        "failpoint",
    ))));
    let (parts, _) = answer.into_parts();
    Response::from_parts(parts, Body::from_stream(nothing))
}

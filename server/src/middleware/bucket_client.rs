//! Adds the address of the client to each request to the embedded bucket, which shares its permits among clients and does not
//! know of proxies.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use crate::{extract::client_of, state::Outside};

/// Puts the client's network into the request.
pub(crate) async fn tell_client(State(outside): State<Arc<Outside>>, mut request: Request, next: Next) -> Response {
    if let Some(network) = client_of(request.extensions(), request.headers(), &outside) {
        request
            .extensions_mut()
            .insert(sealdrop_local_s3::Client(network.first()));
    }
    next.run(request).await
}

//! The whole application as one router: pages, API, bucket, files, and the layers around all of them.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, Method, StatusCode};
use sealdrop_local_s3::LocalS3Service;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    billing_pages, leptos,
    middleware::{
        arrivals::{Arrivals, note_arrival},
        authority::{OtherNames, name_authority, tell_other_names},
        bucket_client::tell_client,
        canonical::redirect_to_canonical,
        cross_site::refuse_cross_site,
        failpoint::cut_off,
        headers::set_headers,
        host::refuse_unclear_host,
        limits::answer_panic,
        link_origin::{LinkOrigin, keep_apart},
        request_log::log_request,
    },
    routes,
    site::serve::serve_file,
    state::{AppState, Outside},
};

/// Everything that the server answers.
pub(crate) fn build_router(state: AppState, bucket: Option<LocalS3Service>, hsts: Option<HeaderValue>) -> Router {
    let (public, links) = (state.outside.public.clone(), state.outside.links.clone());
    let trusted_hops = state.outside.trusted_hops;
    let (arrivals, outside) = (Arc::clone(&state.arrivals), Arc::clone(&state.outside));
    let router = Router::new()
        .merge(routes::api(&state))
        .merge(routes::ops_routes())
        .merge(routes::ui_routes())
        .merge(routes::payment_routes())
        .merge(leptos::pages(&state))
        .merge(billing_pages::routes(&state))
        .fallback(file_or_page)
        .layer(from_fn_with_state(state.clone(), refuse_cross_site))
        .with_state(state);
    let router = with_bucket(router, bucket, arrivals, Some(outside));
    let router = if cfg!(debug_assertions) {
        router.layer(from_fn(cut_off))
    } else {
        router
    };
    let router = match (&public, &links) {
        (Some(app), Some(links)) => router.layer(from_fn_with_state(
            LinkOrigin::of(app.clone(), links.clone()),
            keep_apart,
        )),
        _ => router,
    };
    let router = match public {
        Some(public) => router.layer(from_fn_with_state(OtherNames::than(public, links), tell_other_names)),
        None => router,
    };
    router
        .layer(from_fn(redirect_to_canonical))
        .layer(from_fn(refuse_unclear_host))
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(from_fn_with_state(hsts, set_headers))
        .layer(from_fn_with_state(trusted_hops, log_request))
}

/// Adds the embedded bucket, where there is one. It bounds bodies and time itself: a part is larger than any request of the API.
///
/// Without `outside`, as long as only the server itself asks, all requests are of one client.
pub(crate) fn with_bucket(
    router: Router,
    bucket: Option<LocalS3Service>,
    arrivals: Arc<Arrivals>,
    outside: Option<Arc<Outside>>,
) -> Router {
    let Some(bucket) = bucket else { return router };
    let blobs = Router::new()
        .route_service("/blobs", bucket.clone())
        .route_service("/blobs/", bucket.clone())
        .route_service("/blobs/{*key}", bucket)
        .layer(from_fn(name_authority))
        .layer(from_fn_with_state(arrivals, note_arrival));
    router.merge(match outside {
        Some(outside) => blobs.layer(from_fn_with_state(outside, tell_client)),
        None => blobs,
    })
}

/// What no route knows: a file of the site, else the page that says that there is nothing.
async fn file_or_page(State(state): State<AppState>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match serve_file(&state.site, &state.policy, request.uri().path(), request.headers()).await {
        Some(file) => file,
        None => leptos::other_page(&state, request).await,
    }
}
